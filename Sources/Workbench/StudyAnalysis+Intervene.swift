import Analysis
import Foundation
import LinearAlgebra
import VisionModels

extension StudyAnalysis {
    /// How what an intervention does is found out.
    public enum Evaluation: Sendable {
        /// The rest of the network is linear in the units: the curve over β is exact and a look-up.
        case curve
        /// It is a layer norm and a linear head: a formula at every β.
        case closedForm
        /// It is run again from the target layer, image by image.
        case resumed
    }

    public var evaluation: Evaluation {
        remainder != nil ? .curve : normalized != nil ? .closedForm : .resumed
    }

    /// The exact accuracy curve over the β of the moving intervention, on the held-out images or some of them.
    ///
    /// - Throws: `notLinear` where the rest of the network is not linear in the units.
    public func curve(
        of steering: Steering, target: Int, over range: ClosedRange<Double> = -8...8, images: [Int]? = nil
    ) throws(WorkbenchError) -> AccuracyCurve {
        guard let remainder else { throw .notLinear(layer: hookPoint.name) }
        let lines: ClassLines
        let unedited = images.map { $0.map { uneditedPredictions[$0] } } ?? uneditedPredictions
        if steering.unitKind == .feature, let features = try loadedFeatures().lines {
            lines = features.lines(steering, images: images)
        } else if let images {
            lines = remainder.lines(
                activations: heldOutActivations.rows(at: images), labels: images.map { heldOutLabels[$0] },
                steering: steering, base: heldOutLogits.rows(at: images))
        } else {
            lines = remainder.lines(
                activations: heldOutActivations, labels: heldOutLabels, steering: steering, base: heldOutLogits)
        }
        return AccuracyCurve(lines: lines, target: target, over: range, unedited: unedited)
    }

    /// The same for a single intervention.
    public func curve(
        units: [InternalUnit], operator: Operator, target: Int
    ) throws(WorkbenchError) -> AccuracyCurve {
        let still = Intervention(units: units, operator: `operator`, beta: `operator`.identity)
        return try curve(of: Steering(still), target: target)
    }

    /// Accuracy at some β of the moving intervention, where that needs no forward pass.
    public func sweep(
        of steering: Steering, target: Int, at betas: [Double], _ work: Work = Work()
    ) throws -> [StrengthFit.Choice] {
        let all = Array(heldOutLabels.indices)
        return try betas.map { beta in
            try work.checkCancelled()
            let outcome = try edited(all, steering.at(beta))
                .outcome(target: target, unedited: uneditedPredictions, labels: heldOutLabels)
            return StrengthFit.Choice(beta: beta, accuracy: outcome.after)
        }
    }

    /// What an intervention does on the held-out images; see `outcome(of:target:)` for several.
    public func outcome(
        of intervention: Intervention, target: Int, _ work: Work = Work(),
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        try outcome(of: Steering(intervention), target: target, work, observe: observe)
    }

    /// What interventions do on the held-out images: exact where the rest of the network is linear or a norm and a
    /// head, else by running that rest again from the target layer, in a fixed random order of the images.
    ///
    /// - Parameters:
    ///   - known: predictions there already are, by image; these images are not run again.
    ///   - halfWidth: stop once the 95 % intervals are no wider than twice this; nil counts all images.
    ///   - limit: stop after so many images; nil counts on.
    ///   - learn: takes the predictions of images that were run, batch by batch.
    ///   - observe: takes the running outcome after every batch.
    public func outcome(
        of steering: Steering, target: Int, known: [Int: Int] = [:], halfWidth: Double? = nil, limit: Int? = nil,
        _ work: Work = Work(), learn: (EditedPredictions) throws -> Void = { _ in },
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        let all = Array(heldOutLabels.indices)
        if evaluation != .resumed {
            return try edited(all, steering)
                .outcome(target: target, unedited: uneditedPredictions, labels: heldOutLabels)
        }
        var counted = EditedPredictions()
        var outcome = counted.outcome(target: target, unedited: uneditedPredictions, labels: heldOutLabels)
        let order = countingOrder.prefix(limit ?? .max)
        do {
            try work.batches(.intervention, from: 0, to: order.count, size: model.batchSize) { range in
                let batch = Array(order[range])
                let fresh = batch.filter { known[$0] == nil }
                let run = try edited(fresh, steering)
                if !fresh.isEmpty { try learn(run) }
                let classes = Dictionary(uniqueKeysWithValues: zip(run.images, run.classes))
                counted.images += batch
                counted.classes += batch.map { known[$0] ?? classes[$0] ?? 0 }
                outcome = counted.outcome(target: target, unedited: uneditedPredictions, labels: heldOutLabels)
                observe(outcome)
                if let halfWidth, outcome.halfWidth <= halfWidth { throw Enough() }
            }
        } catch is Enough {
            return outcome
        }
        return outcome
    }

    /// Thrown out of the loop over batches once the estimate is sharp enough.
    private struct Enough: Error {}

    /// The held-out images in the fixed random order they are counted in.
    var countingOrder: [Int] {
        var random = SeededGenerator(seed: 0)
        return Array(heldOutLabels.indices).shuffled(using: &random)
    }

    /// Classes predicted for some held-out images under interventions.
    func edited(_ images: [Int], _ steering: Steering) throws -> EditedPredictions {
        guard !images.isEmpty else { return EditedPredictions() }
        let isAll = images.count == heldOutLabels.count
        switch evaluation {
        case .curve:
            let beta = steering.active.beta
            let curve = try curve(
                of: steering.curveSubject, target: 0, over: beta...beta, images: isAll ? nil : images)
            return EditedPredictions(images: images, classes: curve.predictions(at: beta))
        case .closedForm:
            guard let normalized = normalized?.value else { preconditionFailure("a closed form without a norm") }
            guard steering.unitKind == .neuron else {
                return EditedPredictions(images: images, classes: editedLogits(images, steering).argmax())
            }
            let classes = normalized.remainder.predictions(
                isAll ? heldOutActivations : heldOutActivations.rows(at: images),
                products: isAll ? normalized.products : normalized.products.rows(at: images), steering: steering)
            return EditedPredictions(images: images, classes: classes)
        case .resumed:
            return EditedPredictions(images: images, classes: resumedLogits(images, steering).argmax())
        }
    }

    /// Logits of some held-out images under interventions: [images, classes]
    package func editedLogits(_ images: [Int], _ steering: Steering) -> Tensor {
        switch evaluation {
        case .curve:
            var activations = heldOutActivations.rows(at: images)
            apply(steering, to: &activations, rows: Array(images.indices))
            return remainder?.logits(activations) ?? Tensor([images.count, countedClasses.names.count])
        case .closedForm:
            guard let normalized = normalized?.value else { preconditionFailure("a closed form without a norm") }
            guard steering.unitKind == .neuron else {
                var activations = heldOutActivations.rows(at: images)
                apply(steering, to: &activations, rows: Array(images.indices))
                return normalized.remainder.logits(
                    activations, products: normalized.remainder.products(activations), steering: .nothing)
            }
            return normalized.remainder.logits(
                heldOutActivations.rows(at: images), products: normalized.products.rows(at: images), steering: steering)
        case .resumed: return resumedLogits(images, steering)
        }
    }

    /// Edits activation vectors in place, by neuron or through the features' decoder.
    private func apply(_ steering: Steering, to activations: inout Tensor, rows: [Int]) {
        guard steering.unitKind == .feature else { return steering.apply(to: &activations, rows: rows) }
        guard let features else { preconditionFailure("an intervention on features that are not loaded") }
        features.autoencoder.apply(steering, to: &activations, rows: rows)
    }

    /// Logits when the forward pass goes on from edited activations. The edit acts on the tokens that the pooling
    /// reads: the class token, or all of them.
    private func resumedLogits(_ images: [Int], _ steering: Steering) -> Tensor {
        let (tokens, width) = (hookPoint.tokens, hookPoint.width)
        let rows = images.flatMap { image in (0..<tokens).map { image * tokens + $0 } }
        var activations = heldOutActivations.reshaped([heldOutLabels.count * tokens, width]).rows(at: rows)
        let edited = Array(stride(from: 0, to: rows.count, by: pooling == .cls ? tokens : 1))
        apply(steering, to: &activations, rows: edited)
        let shape = tokens == 1 ? [images.count, width] : [images.count, tokens, width]
        return model.logits(resumingFrom: hookPoint, activations.reshaped(shape))
    }
}
