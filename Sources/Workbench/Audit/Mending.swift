import Analysis
import LinearAlgebra

extension StudiedLayer {
    /// The smallest set of a concept's units, and the β, that raise a class's worst group most while the other classes
    /// lose no more than the bound: on one half of the held-out images, reported on the other, beside random sets of as many
    /// units that are given the same choice.
    ///
    /// - Returns: nil where nothing raises it, or the class has but one group.
    func mend(
        _ c: Int, among candidates: [AuditCandidate], _ groups: ImageGroups, _ ground: AuditGround,
        _ request: AuditRequest, _ counting: AuditCounting, _ work: Work
    ) throws -> GroupMend? {
        let search = MendSearch(self, ground, groups, counting, class: c, bound: request.damage)
        guard search.cells.count > 1, !candidates.isEmpty else { return nil }
        var tried: [(units: [InternalUnit], name: String, op: Operator, choice: WorstGroupCurve.Choice)] = []
        for size in Self.mendSizes {
            for candidate in candidates where size <= candidate.units.count {
                for op in Operator.allCases {
                    try work.checkCancelled()
                    let units = Array(candidate.units.prefix(size))
                    tried.append((units, candidate.name, op, try search.best(units, op)))
                }
            }
        }
        // Of each size the best concept and operator.
        let best = Dictionary(grouping: tried, by: \.units.count).values
            .compactMap { $0.max { $0.choice.worst < $1.choice.worst } }.sorted { $0.units.count < $1.units.count }
        guard
            let place = WorstGroupCurve.smallest(
                worst: best.map(\.choice.worst), before: search.before, images: search.worstImages)
        else { return nil }
        let found = best[place]
        let (cells, outcome) = try search.reported(found.units, found.op, found.choice.beta)
        let before = ground.cells(of: c, groups, ground.report, predictions: ground.unedited)
        let gain = cells.gain(over: before)
        let random = try search.randomGains(size: found.units.count, found.op, reaching: gain, before, work)
        return GroupMend(
            concept: found.name, units: found.units, operator: found.op, beta: found.choice.beta,
            chosen: AccuracyChange(search.before, found.choice.worst), before: before, after: cells, outcome: outcome,
            randomGain: Sample(random).mean, randomSets: random.count,
            p: Double(1 + random.count { $0 >= gain }) / Double(1 + random.count))
    }

    private static let mendSizes = [1, 2, 3, 5, 8, 12, 20, 30, 50]
}

extension [GroupCell] {
    /// What the worst group gained.
    func gain(over before: [GroupCell]) -> Double {
        (map(\.accuracy).min() ?? 0) - (before.map(\.accuracy).min() ?? 0)
    }
}

/// The search for a β of some units that raises the worst group of a class.
struct MendSearch {
    private let layer: StudiedLayer
    private let ground: AuditGround
    private let groups: ImageGroups
    private let counting: AuditCounting
    private let c: Int
    private let bound: Double
    /// Of each group of the class that has enough images, these of the half that chooses.
    let cells: [[Int]]
    private let others: [Int]

    init(
        _ layer: StudiedLayer, _ ground: AuditGround, _ groups: ImageGroups, _ counting: AuditCounting, class c: Int,
        bound: Double
    ) {
        (self.layer, self.ground, self.groups, self.counting) = (layer, ground, groups, counting)
        (self.c, self.bound) = (c, bound)
        let images = counting.images(of: c, choosing: true)
        cells = groups.names.indices.map { g in images.own.filter { groups.group[$0] == g } }
            .filter { $0.count >= AuditGround.least }
        others = images.others
    }

    private func accuracy(_ images: [Int]) -> Double {
        Double(images.count { ground.unedited[$0] == ground.labels[$0] }) / Double(max(1, images.count))
    }

    /// Accuracy on the worst group as the model is, and that group's images.
    var before: Double { cells.map(accuracy).min() ?? 0 }
    var worstImages: Int { cells.min { accuracy($0) < accuracy($1) }?.count ?? 0 }

    /// The β that raises the worst group most within the bound.
    func best(_ units: [InternalUnit], _ op: Operator) throws -> WorstGroupCurve.Choice {
        let still = Steering(Intervention(units: units, operator: op, beta: op.identity))
        let reach = 3 * Double(ground.space.statistics.typicalDeviation)
        let range = op == .scaling ? -2.0...4.0 : -reach...reach
        let curves = try cells.map { try layer.curve(of: still, target: c, over: range, images: $0) }
        // Most sets gain nothing, and so are never asked what they cost.
        let cost = Once { try layer.curve(of: still, target: c, over: range, images: others) }
        let whole = accuracy(others)
        return try WorstGroupCurve(curves).best(identity: op.identity) { beta in
            try others.isEmpty || whole - cost.value.accuracy(at: beta).ofOthers <= bound + 1e-12
        }
    }

    /// What the class's groups and the others do on the half that reports.
    func reported(
        _ units: [InternalUnit], _ op: Operator, _ beta: Double
    ) throws -> ([GroupCell], InterventionOutcome) {
        let images = counting.images(of: c, choosing: false)
        let steering = Steering(Intervention(units: units, operator: op, beta: beta))
        let edited = try layer.edited(images.own + images.others, steering)
        var predictions = ground.unedited
        for (image, found) in zip(edited.images, edited.classes) { predictions[image] = found }
        return (
            ground.cells(of: c, groups, ground.report, predictions: predictions), counting.outcome(edited, class: c)
        )
    }

    /// What random sets of units gain on the worst group by the β that the same search finds. Drawing ends once ten reach
    /// what is compared with them, for p is then known well enough (Besag and Clifford 1991).
    func randomGains(
        size: Int, _ op: Operator, reaching gain: Double, _ before: [GroupCell], _ work: Work
    ) throws -> [Double] {
        var random = SeededGenerator(seed: UInt64(c) &+ 1)
        var gains: [Double] = []
        while gains.count < Self.draws, gains.count(where: { $0 >= gain }) < 10 {
            try work.checkCancelled()
            let units = ground.live.shuffled(using: &random).prefix(size).compactMap {
                ground.space.unit($0, pole: nil)
            }
            let choice = try best(units, op)
            guard choice.beta != op.identity else {
                gains.append(0)
                continue
            }
            gains.append(try reported(units, op, choice.beta).0.gain(over: before))
        }
        return gains
    }

    private static let draws = 399
}
