import Analysis
import Digests
import Foundation

extension Workbench {
    /// What an intervention does on the held-out images, from the cache where it was counted before.
    public func outcome(
        of intervention: Intervention, target: Int, in study: StudyAnalysis, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        try outcome(of: Steering(intervention), target: target, in: study, work, observe: observe)
    }

    /// What interventions do on the held-out images. Where the rest of the network must be run, the answers of images
    /// that were run before, whole or in part, for whatever class, are taken from the study.
    ///
    /// - Parameters:
    ///   - study: this workbench's study in memory.
    ///   - halfWidth: stop once the 95 % intervals are no wider than twice this; nil counts all images.
    ///   - limit: stop after so many images; nil counts on.
    ///   - observe: takes the running outcome after every batch.
    public func outcome(
        of steering: Steering, target: Int, in study: StudyAnalysis, halfWidth: Double? = nil, limit: Int? = nil,
        _ work: Work = Work(), observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        guard study.evaluation == .resumed else { return try study.outcome(of: steering, target: target) }
        let run = try runKey(of: steering, study)
        let known = try store.editedPredictions(run: run, set: heldOut.digest)
        if try known.count == heldOut.count, limit == nil {
            let images = study.countingOrder
            return EditedPredictions(images: images, classes: images.map { known[$0] ?? 0 })
                .outcome(target: target, unedited: study.uneditedPredictions, labels: study.heldOutLabels)
        }
        return try study.outcome(
            of: steering, target: target, known: known, halfWidth: halfWidth, limit: limit, work,
            learn: { [self] fresh in
                guard !store.isReadOnly else { return }
                try store.store(
                    editedPredictions: fresh.classes, of: try fresh.images.map(heldOut.source.digest(of:)), run: run,
                    steering: steering)
            }, observe: observe)
    }

    /// What interventions did to single images; where the rest of the network must be run, to those counted so far.
    public func inspection(of steering: Steering, in study: StudyAnalysis, images: Int = 24) throws -> Inspection {
        let known =
            study.evaluation == .resumed
            ? try store.editedPredictions(run: runKey(of: steering, study), set: heldOut.digest) : [:]
        return try study.inspection(of: steering, known: known, images: images)
    }

    /// Of all that a prediction depends on but the image. Interventions that change nothing are left out.
    private func runKey(of steering: Steering, _ study: StudyAnalysis) throws -> Digest {
        let acting = steering.interventions.filter { !$0.units.isEmpty && $0.beta != $0.operator.identity }
        let parts = acting.map { intervention in
            Digest(
                intervention.operator.rawValue, intervention.beta,
                Digest(combining: intervention.units.map(\.description).sorted())
            ).description
        }
        let source = steering.unitKind == .feature ? study.features.map(\.key.description) ?? "" : "neurons"
        return try Digest("edited", source, classifier.digest, hookPoint.name, pooling.rawValue, Digest(combining: parts))
    }
}
