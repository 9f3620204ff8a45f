import Analysis
import Digests
import Foundation

extension StudiedLayer {
    /// What an intervention does on the held-out images, from the cache where it was counted before.
    package func outcome(
        of intervention: Intervention, target class: Int, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        try outcome(of: Steering(intervention), target: `class`, work, observe: observe)
    }

    /// What interventions do on the held-out images. Where the rest of the network must be run, the answers of images
    /// that were run before, whole or in part, for whatever class, are taken from the study.
    ///
    /// - Parameters:
    ///   - halfWidth: stop once the 95 % intervals are no wider than twice this; nil counts all images.
    ///   - limit: stop after so many images; nil counts on.
    ///   - observe: takes the running outcome after every batch.
    package func outcome(
        of steering: Steering, target class: Int, halfWidth: Double? = nil, limit: Int? = nil, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        let images = try heldOut
        guard images.remainder.kind == .resumed else { return try counted(steering, target: `class`) }
        let (store, set) = (target.store, try target.heldOut)
        let run = try runKey(of: steering)
        let known = try store.editedPredictions(run: run, set: set.digest)
        if known.count == images.count, limit == nil {
            let order = images.countingOrder
            return EditedPredictions(images: order, classes: order.map { known[$0] ?? 0 })
                .outcome(target: `class`, unedited: images.unedited, labels: images.labels)
        }
        return try counted(
            steering, target: `class`, known: known, halfWidth: halfWidth, limit: limit, work,
            learn: { fresh in
                guard !store.isReadOnly else { return }
                try store.store(
                    editedPredictions: fresh.classes, of: try fresh.images.map(set.source.digest(of:)), run: run)
            }, observe: observe)
    }

    /// Predictions under interventions that the study has, by image.
    func keptPredictions(of steering: Steering) throws -> [Int: Int] {
        try target.store.editedPredictions(run: runKey(of: steering), set: target.heldOut.digest)
    }

    /// Of all that a prediction depends on but the image. Interventions that change nothing are left out.
    private func runKey(of steering: Steering) throws -> Digest {
        let acting = steering.interventions.filter { !$0.units.isEmpty && $0.beta != $0.operator.identity }
        let parts = acting.map { intervention in
            Digest(
                intervention.operator.rawValue, intervention.beta,
                Digest(combining: intervention.units.map(\.description).sorted())
            ).description
        }
        return Digest(
            "edited", try editKey(steering.unitKinds), try target.classifier.digest, target.hookPoint.name,
            target.pooling.rawValue, Digest(combining: parts))
    }
}
