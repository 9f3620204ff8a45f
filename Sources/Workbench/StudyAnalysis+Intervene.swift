import Analysis
import Foundation
import LinearAlgebra
import VisionModels

extension StudyAnalysis {
    /// The exact accuracy curve over β on the held-out images.
    ///
    /// - Throws: `notLinear` where the rest of the network is not linear in the units.
    public func curve(
        units: [InternalUnit], operator: Operator, target: Int
    ) throws(WorkbenchError) -> AccuracyCurve {
        guard let remainder else { throw .notLinear(layer: hookPoint.name) }
        if units.first?.kind == .feature, let lines = try loadedFeatures().lines {
            return AccuracyCurve(lines: lines.lines(units: units, operator: `operator`), target: target)
        }
        return AccuracyCurve(
            lines: remainder.lines(
                activations: heldOutActivations, labels: heldOutLabels, units: units, operator: `operator`),
            target: target)
    }

    /// What an intervention does on the held-out images: exact where the rest of the network is linear, else by running
    /// that rest again from the target layer, image by image in a fixed random order.
    ///
    /// - Parameter observe: takes the running outcome after every batch.
    public func outcome(
        of intervention: Intervention, target: Int, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        if remainder != nil {
            let curve = try curve(units: intervention.units, operator: intervention.operator, target: target)
            return InterventionOutcome(
                before: curve.accuracy(at: intervention.operator.identity),
                after: curve.accuracy(at: intervention.beta),
                images: heldOutLabels.count, imagesInAll: heldOutLabels.count)
        }
        var random = SeededGenerator(seed: 0)
        let order = Array(heldOutLabels.indices).shuffled(using: &random)
        let predictions = heldOutLogits.argmax()
        var (before, after) = (AccuracyCount(target: target), AccuracyCount(target: target))
        var outcome = InterventionOutcome(
            before: before.accuracy, after: after.accuracy, images: 0, imagesInAll: order.count)
        try work.batches(.intervention, from: 0, to: order.count, size: Workbench.batchSize) { range in
            let batch = Array(order[range])
            let edited = resumedPredictions(batch, intervention)
            for (image, prediction) in zip(batch, edited) {
                let label = heldOutLabels[image]
                before.add(label: label, isRight: predictions[image] == label)
                after.add(label: label, isRight: prediction == label)
            }
            outcome = InterventionOutcome(
                before: before.accuracy, after: after.accuracy, images: range.upperBound, imagesInAll: order.count)
            observe(outcome)
        }
        return outcome
    }

    /// Classes predicted for some held-out images when the forward pass goes on from edited activations. The edit acts
    /// on the tokens that the pooling reads: the class token, or all of them.
    private func resumedPredictions(_ images: [Int], _ intervention: Intervention) -> [Int] {
        let (tokens, width) = (hookPoint.tokens, hookPoint.width)
        let rows = images.flatMap { image in (0..<tokens).map { image * tokens + $0 } }
        var activations = heldOutActivations.reshaped([heldOutLabels.count * tokens, width]).rows(at: rows)
        let step = pooling == .cls ? tokens : 1
        let edited = Array(stride(from: 0, to: rows.count, by: step))
        if intervention.units.first?.kind == .feature {
            features!.autoencoder.apply(intervention, to: &activations, rows: edited)
        } else {
            intervention.apply(to: &activations, rows: edited)
        }
        let shape = tokens == 1 ? [images.count, width] : [images.count, tokens, width]
        return model.logits(resumingFrom: hookPoint, activations.reshaped(shape)).argmax()
    }
}
