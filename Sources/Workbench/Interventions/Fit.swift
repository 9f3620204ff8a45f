import Analysis

extension StudiedLayer {
    /// Fits the β of some interventions, one after the other along their lines until none gains any more: on one half
    /// of the held-out images, reported on the other.
    ///
    /// Where the rest of the network is linear, every plateau of the curve is tried; else `grid` strengths.
    ///
    /// - Parameters:
    ///   - positions: which interventions' β to fit.
    ///   - ranges: where to look, one range an intervention.
    ///   - bound: the accuracy the other classes may lose, from 0 to 1.
    package func fit(
        _ steering: Steering, _ positions: [Int], ranges: [ClosedRange<Double>], target class: Int, bound: Double,
        grid: Int = 41, _ work: Work = Work()
    ) throws -> StrengthFit {
        let all = try heldOut
        let isLinear = all.remainder.kind == .linear
        let (fitting, reporting) = StrengthFit.halves(all.count)
        func outcome(_ images: [Int], _ steering: Steering) throws -> InterventionOutcome {
            let edited = try edited(images, steering, work)
            let labels = images.map { all.labels[$0] }
            let local = EditedPredictions(images: Array(images.indices), classes: edited.classes)
            return local.outcome(target: `class`, unedited: images.map { all.unedited[$0] }, labels: labels)
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
                if isLinear {
                    let curve = try curve(of: moving.curveSubject, target: `class`, over: range, images: fitting)
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
