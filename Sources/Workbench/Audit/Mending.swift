import Analysis
import LinearAlgebra

extension StudiedLayer {
    /// The smallest set of a concept's units, and the β, that raise a class's worst group most while the other classes
    /// lose no more than the bound: on one half of the held-out images, reported on the other, beside random sets of as many
    /// units that are given the same choice.
    ///
    /// Where these do as well, and the groups differ beyond chance, the concept's units are scaled and the class's own shifted
    /// after it: a cue that takes images of other classes over keeps the class's boundary where it is, whatever is done to one
    /// set alone.
    ///
    /// - Returns: nil where nothing raises it, or the class has but one group.
    func mend(
        _ c: Int, among candidates: [AuditCandidate], _ groups: ImageGroups, _ ground: AuditGround,
        _ request: AuditRequest, _ counting: AuditCounting, _ work: Work
    ) throws -> GroupMend? {
        let search = MendSearch(self, ground, groups, counting, class: c, bound: request.damage)
        guard search.cells.count > 1, !candidates.isEmpty else { return nil }
        let single = try mend(search, among: candidates, Operator.allCases.map { MendShape(operator: $0) }, work)
        if !search.isUneven || (single?.p ?? 1) < 0.05 { return single }
        let query = ConceptQuery(classes.names[c], embedding: classes.embeddings.row(c), ranking: request.ranking)
        let own = try ground.space.locate(query).map(\.unit).distinctNeurons.prefix(request.units)
        let both = try mend(search, among: candidates, [MendShape(operator: .scaling, own: Array(own))], work)
        return [single, both].compactMap { $0 }.min { $0.p < $1.p }
    }

    /// The best of edits of these shapes.
    private func mend(
        _ search: MendSearch, among candidates: [AuditCandidate], _ shapes: [MendShape], _ work: Work
    ) throws -> GroupMend? {
        var tried: [(units: [InternalUnit], name: String, shape: MendShape, choice: MendSearch.Choice)] = []
        for size in Self.mendSizes {
            for candidate in candidates where size <= candidate.units.count {
                for shape in shapes {
                    try work.checkCancelled()
                    let units = Array(candidate.units.prefix(size))
                    tried.append((units, candidate.name, shape, try search.best(units, shape)))
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
        let (cells, outcome) = try search.reported(found.choice.steering)
        let before = search.reportedBefore
        let gain = cells.gain(over: before)
        let random = try search.randomGains(size: found.units.count, found.shape, reaching: gain, work)
        let first = found.choice.steering.interventions[0]
        return GroupMend(
            concept: found.name, units: found.units, operator: first.operator, beta: first.beta,
            second: found.choice.steering.interventions.dropFirst().first,
            chosen: AccuracyChange(search.before, found.choice.worst), before: before, after: cells, outcome: outcome,
            randomGain: Sample(random).mean, randomSets: random.count,
            p: min(1, 2 * Double(1 + random.count { $0 >= gain }) / Double(1 + random.count)))
    }

    private static let mendSizes = [1, 2, 3, 5, 8, 12, 20, 30, 50]
}

/// What is done to units: an operator at a β that is searched for, and a shift of others after it.
struct MendShape {
    var `operator`: Operator
    /// Units that are shifted then; none where it is one edit.
    var own: [InternalUnit] = []

    /// Of the first of two edits; the second's is exact. That the first changes nothing is a single edit.
    private static let betas = [-2, -1.5, -1, -0.5, 0, 0.5]

    /// With everything but the β that moves.
    func edits(_ units: [InternalUnit]) -> [Steering] {
        let first = Intervention(units: units, operator: `operator`, beta: `operator`.identity)
        guard !own.isEmpty else { return [Steering(first)] }
        let shift = Intervention(units: own, operator: .adding, beta: Operator.adding.identity)
        return Self.betas.map {
            Steering([Intervention(units: units, operator: `operator`, beta: $0), shift], moving: 1)
        }
    }
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

    /// Whether the class's groups differ beyond chance: the 95 % intervals of the worst and the best one lie apart.
    var isUneven: Bool {
        let intervals = cells.map { wilsonInterval(accuracy($0), count: $0.count) }
        return (intervals.map(\.upperBound).min() ?? 0) < (intervals.map(\.lowerBound).max() ?? 0)
    }

    /// What raises the worst group most within the bound.
    struct Choice {
        var steering: Steering
        var worst: Double
    }

    func best(_ units: [InternalUnit], _ shape: MendShape) throws -> Choice {
        let still = Steering(Intervention(units: units, operator: shape.operator, beta: shape.operator.identity))
        var best = Choice(steering: still, worst: before)
        for edit in shape.edits(units) {
            let found = try self.best(edit)
            if found.worst > best.worst { best = found }
        }
        return best
    }

    /// The same over the β that moves.
    private func best(_ still: Steering) throws -> Choice {
        let reach = 3 * Double(ground.space.statistics.typicalDeviation)
        let op = still.active.operator
        let range = op == .scaling ? -2.0...4.0 : -reach...reach
        let curves = try cells.map { try layer.curve(of: still, target: c, over: range, images: $0) }
        // Most sets gain nothing, and so are never asked what they cost.
        let cost = Once { try layer.curve(of: still, target: c, over: range, images: others) }
        let whole = accuracy(others)
        func allows(_ beta: Double) throws -> Bool {
            try others.isEmpty || whole - cost.value.accuracy(at: beta).ofOthers <= bound + 1e-12
        }
        let found = try WorstGroupCurve(curves).best(identity: op.identity, above: before, allows: allows)
        return Choice(steering: still.at(found?.beta ?? op.identity), worst: found?.worst ?? before)
    }

    /// What the class's groups and the others do on the half that reports.
    func reported(_ steering: Steering) throws -> ([GroupCell], InterventionOutcome) {
        let images = counting.images(of: c, choosing: false)
        let edited = try layer.edited(images.own + images.others, steering)
        var predictions = ground.unedited
        for (image, found) in zip(edited.images, edited.classes) { predictions[image] = found }
        return (
            ground.cells(of: c, groups, ground.report, predictions: predictions), counting.outcome(edited, class: c)
        )
    }

    var reportedBefore: [GroupCell] { ground.cells(of: c, groups, ground.report, predictions: ground.unedited) }

    /// What random sets of units gain on the worst group by the β that the same search finds. Drawing ends once ten reach
    /// what is compared with them, for p is then known well enough (Besag and Clifford 1991).
    func randomGains(size: Int, _ shape: MendShape, reaching gain: Double, _ work: Work) throws -> [Double] {
        var random = SeededGenerator(seed: UInt64(c) &+ 1)
        var gains: [Double] = []
        let before = reportedBefore
        while gains.count < Self.draws, gains.count(where: { $0 >= gain }) < 10 {
            try work.checkCancelled()
            let units = ground.live.shuffled(using: &random).prefix(size).compactMap {
                ground.space.unit($0, pole: nil)
            }
            let choice = try best(units, shape)
            guard choice.worst > self.before else {
                gains.append(0)
                continue
            }
            gains.append(try reported(choice.steering).0.gain(over: before))
        }
        return gains
    }

    /// So many that the least p, doubled and corrected over ten classes, is under .05.
    private static let draws = 799
}
