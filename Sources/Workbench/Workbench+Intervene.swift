import Analysis
import Digests
import Foundation

extension Workbench {
    /// What an intervention does on the held-out images, from the cache where it was counted before.
    ///
    /// - Parameters:
    ///   - study: this workbench's study in memory.
    ///   - observe: takes the running outcome after every batch.
    public func outcome(
        of intervention: Intervention, target: Int, in study: StudyAnalysis, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        let key = outcomeKey(of: intervention, target: target, autoencoder: study.features?.key)
        if let known = try store.interventionOutcome(key), known.images == known.imagesInAll { return known }
        let outcome = try study.outcome(of: intervention, target: target, work, observe: observe)
        if !store.isReadOnly { try store.store(outcome, of: intervention, key: key) }
        return outcome
    }

    /// Of all that the outcome depends on.
    private func outcomeKey(of intervention: Intervention, target: Int, autoencoder: Digest?) -> Digest {
        let isOfFeatures = intervention.units.first?.kind == .feature
        let source = isOfFeatures ? autoencoder.map(\.description) ?? "" : "neurons"
        return Digest(
            "intervention", activationKey(of: heldOut), pooling.rawValue, target, intervention.operator.rawValue,
            intervention.beta, source, Digest(combining: intervention.units.map(\.description).sorted()))
    }
}
