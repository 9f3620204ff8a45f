import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// A layer norm and a linear head after the target layer, with what it makes of the held-out images.
struct NormalizedStudy: Sendable {
    var remainder: NormalizedRemainder
    /// `remainder.products` of the held-out activations: [images, classes]
    var products: Tensor
}

extension NormalizedRemainder {
    init(_ head: NormalizedHead) {
        self.init(
            weights: head.head.weight, bias: head.head.bias.values, scale: head.scale.values, shift: head.shift.values,
            epsilon: head.epsilon, embedding: head.head.embedding)
    }
}

extension StudyAnalysis {
    /// What interventions did to single images, where `edited` holds their predictions.
    ///
    /// - Parameter images: how many flipped images to show before and after.
    public func inspection(
        of steering: Steering, edited: EditedPredictions, images count: Int = 24
    ) throws -> Inspection {
        let changes = edited.changes(
            unedited: uneditedPredictions, labels: heldOutLabels, classes: countedClasses.names.count)
        let shown = Array((changes.flippedOut + changes.flippedIn).prefix(count))
        return Inspection(
            changes: changes, images: try comparisons(shown, steering), counted: edited.images.count,
            inAll: heldOutLabels.count)
    }

    /// The same on all held-out images.
    ///
    /// - Parameter known: predictions there already are, by image; where the rest of the network must be run, only
    ///   these images count.
    public func inspection(of steering: Steering, known: [Int: Int] = [:], images: Int = 24) throws -> Inspection {
        if evaluation == .resumed {
            let order = known.keys.sorted()
            let edited = EditedPredictions(images: order, classes: order.map { known[$0] ?? 0 })
            return try inspection(of: steering, edited: edited, images: images)
        }
        return try inspection(
            of: steering, edited: try edited(Array(heldOutLabels.indices), steering), images: images)
    }

    /// Some held-out images before and after, with their most probable classes.
    public func comparisons(_ images: [Int], _ steering: Steering, top: Int = 5) throws -> [ImageComparison] {
        guard !images.isEmpty else { return [] }
        let logits = editedLogits(images, steering)
        let names = countedClasses.names
        return try images.enumerated().map { row, image in
            ImageComparison(
                position: image, name: try heldOutImages.source.name(of: image), label: names[heldOutLabels[image]],
                thumbnail: try heldOutImages.thumbnail(image),
                before: ClassProbability.top(top, of: heldOutLogits.row(image), names: names),
                after: ClassProbability.top(top, of: logits.row(row), names: names))
        }
    }

    /// Fits the β of some interventions, one after the other along their lines until none gains any more: on one half
    /// of the held-out images, reported on the other.
    ///
    /// Where the rest of the network is linear, every plateau of the curve is tried; else `grid` strengths.
    ///
    /// - Parameters:
    ///   - positions: which interventions' β to fit.
    ///   - ranges: where to look, one range an intervention.
    ///   - bound: the accuracy the other classes may lose, from 0 to 1.
    public func fit(
        _ steering: Steering, _ positions: [Int], ranges: [ClosedRange<Double>], target: Int, bound: Double,
        grid: Int = 41, _ work: Work = Work()
    ) throws -> StrengthFit {
        let (fitting, reporting) = StrengthFit.halves(heldOutLabels.count)
        func outcome(_ images: [Int], _ steering: Steering) throws -> InterventionOutcome {
            let edited = try edited(images, steering)
            let labels = images.map { heldOutLabels[$0] }
            let local = EditedPredictions(images: Array(images.indices), classes: edited.classes)
            return local.outcome(target: target, unedited: images.map { uneditedPredictions[$0] }, labels: labels)
        }
        var best = steering
        for position in positions { best.interventions[position].beta = best.interventions[position].operator.identity }
        var now = try outcome(fitting, best)
        for _ in 0..<6 {
            let start = now.after.ofClass
            for position in positions {
                try work.checkCancelled()
                var moving = best
                moving.moving = position
                let range = ranges[position]
                let choices: [StrengthFit.Choice]
                if evaluation == .curve {
                    let curve = try curve(of: moving.curveSubject, target: target, over: range, images: fitting)
                    choices = curve.plateaus.map { StrengthFit.Choice(beta: $0.beta, accuracy: $0.accuracy) }
                } else {
                    choices = try (0..<grid).map { step in
                        try work.checkCancelled()
                        let share = Double(step) / Double(max(1, grid - 1))
                        let beta = range.lowerBound + share * (range.upperBound - range.lowerBound)
                        return .init(beta: beta, accuracy: try outcome(fitting, moving.at(beta)).after)
                    }
                }
                let identity = moving.active.operator.identity
                let here = StrengthFit.Choice(beta: moving.active.beta, accuracy: now.after)
                guard
                    let choice = StrengthFit.best(
                        among: choices + [here], before: now.before, bound: bound, identity: identity),
                    choice.accuracy.ofClass > now.after.ofClass
                        || now.before.ofOthers - now.after.ofOthers > bound
                else { continue }
                best.interventions[position].beta = choice.beta
                now = try outcome(fitting, best)
            }
            if now.after.ofClass <= start { break }
        }
        return StrengthFit(
            betas: best.interventions.map(\.beta), bound: bound, fitted: now, reported: try outcome(reporting, best))
    }
}
