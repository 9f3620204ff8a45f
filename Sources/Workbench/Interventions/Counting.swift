import Algorithms
import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// What interventions do to the answers on the held-out images.
extension StudiedLayer {
    /// The exact accuracy curve over the β of the moving intervention, on the held-out images or some of them.
    ///
    /// - Parameters:
    ///   - next: units that will be steered next, best first: what they need is read in the same pass.
    ///   - estimate: takes the curve of a part of the images, where all of them take longer than a frame.
    /// - Throws: `notLinear` where the rest of the network is not linear in the units.
    package func curve(
        of steering: Steering, target class: Int, over range: ClosedRange<Double> = -8...8, images: [Int]? = nil,
        next: [InternalUnit] = [], _ work: Work = Work(), estimate: ((AccuracyCurve) -> Void)? = nil
    ) throws -> AccuracyCurve {
        let readings = try readings(of: steering)
        if let estimate,
            let curve = try heldOut.estimatedCurve(of: steering, target: `class`, over: range, readings)
        {
            estimate(curve)
            try work.checkCancelled()
            readings.anticipate(steering.interventions.flatMap(\.units) + next)
        }
        guard
            let curve = try heldOut.curve(
                of: steering, target: `class`, over: range, images: images, readings,
                checkCancellation: work.checkCancelled)
        else { throw WorkbenchError.notLinear(layer: encoder.layer) }
        return curve
    }

    /// The same for a single intervention.
    package func curve(units: [InternalUnit], operator: Operator, target class: Int) throws -> AccuracyCurve {
        let still = Intervention(units: units, operator: `operator`, beta: `operator`.identity)
        return try curve(of: Steering(still), target: `class`)
    }

    /// Accuracy at some β of the moving intervention, where that needs no forward pass.
    package func sweep(
        of steering: Steering, target class: Int, at betas: [Double], _ work: Work = Work()
    ) throws -> [StrengthFit.Choice] {
        let images = try heldOut
        let all = Array(images.labels.indices)
        return try betas.map { beta in
            try work.checkCancelled()
            let outcome = try edited(all, steering.at(beta), work)
                .outcome(target: `class`, unedited: images.unedited, labels: images.labels)
            return StrengthFit.Choice(beta: beta, accuracy: outcome.after)
        }
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
    package func counted(
        _ steering: Steering, target class: Int, known: [Int: Int] = [:], halfWidth: Double? = nil,
        limit: Int? = nil, _ work: Work = Work(), learn: (EditedPredictions) throws -> Void = { _ in },
        observe: (InterventionOutcome) -> Void = { _ in }
    ) throws -> InterventionOutcome {
        let images = try heldOut
        func outcome(_ edited: EditedPredictions) -> InterventionOutcome {
            edited.outcome(target: `class`, unedited: images.unedited, labels: images.labels)
        }
        guard images.remainder.kind == .resumed else {
            return outcome(try edited(Array(images.labels.indices), steering, work))
        }
        var counted = EditedPredictions()
        var running = outcome(counted)
        let order = images.countingOrder.prefix(limit ?? .max)
        do {
            try work.batches(.intervention, from: 0, to: order.count, size: target.model.imagesTogether) { range in
                let batch = Array(order[range])
                let fresh = batch.filter { known[$0] == nil }
                let run = try edited(fresh, steering)
                if !fresh.isEmpty { try learn(run) }
                let classes = Dictionary(uniqueKeysWithValues: zip(run.images, run.classes))
                counted.images += batch
                counted.classes += batch.map { known[$0] ?? classes[$0] ?? 0 }
                running = outcome(counted)
                observe(running)
                if let halfWidth, running.halfWidth <= halfWidth { throw Enough() }
            }
        } catch is Enough {
            return running
        }
        return running
    }

    /// Thrown out of the loop over batches once the estimate is sharp enough.
    private struct Enough: Error {}

    /// Classes predicted for some held-out images under interventions.
    func edited(_ images: [Int], _ steering: Steering, _ work: Work = Work()) throws -> EditedPredictions {
        try edited(images, steering, at: [steering.active.beta], work)[0]
    }

    /// The same at several β of the moving intervention.
    func edited(
        _ images: [Int], _ steering: Steering, at betas: [Double], _ work: Work = Work()
    ) throws -> [EditedPredictions] {
        var edited = betas.map { _ in EditedPredictions() }
        for batch in try batches(images) {
            try work.checkCancelled()
            guard try heldOut.remainder.kind != .none,
                let found = try heldOut.predictions(batch, steering, at: betas, readings(of: steering))
            else {
                throw WorkbenchError.notCounted(layer: encoder.layer)
            }
            for place in betas.indices {
                edited[place].images += found[place].images
                edited[place].classes += found[place].classes
            }
        }
        return edited
    }

    /// Where each image is a forward pass, as many at once as the model takes; else all.
    private func batches(_ images: [Int]) throws -> [[Int]] {
        guard try heldOut.remainder.kind == .resumed else { return [images] }
        return try images.chunks(ofCount: target.model.imagesTogether).map(Array.init)
    }

    /// Logits of some held-out images under interventions: [images, classes]
    package func editedLogits(_ images: [Int], _ steering: Steering) throws -> Tensor {
        let parts = try batches(images).map { batch in
            guard let logits = try heldOut.logits(batch, steering, readings(of: steering)) else {
                throw WorkbenchError.notCounted(layer: encoder.layer)
            }
            return logits
        }
        guard parts.count != 1 else { return parts[0] }
        return Tensor([images.count, countedClasses.names.count], parts.flatMap(\.values))
    }
}
