import LinearAlgebra

/// A way to choose the unit set of a class, as the units of a layer have it.
package struct UnitSets: Sendable {
    package let method: UnitSetMethod
    package let role: UnitSetRole
    /// Whether it is drawn by a seed of its own.
    package let isRandom: Bool
    private let choose: @Sendable (ConceptSet, Int, UInt64) throws -> [[InternalUnit]]

    init(
        _ method: UnitSetMethod, _ role: UnitSetRole = .ranking, isRandom: Bool = false,
        _ choose:
            @escaping @Sendable (_ concepts: ConceptSet, _ count: Int, _ seed: UInt64) throws ->
            [[InternalUnit]]
    ) {
        (self.method, self.role, self.isRandom) = (method, role, isRandom)
        self.choose = choose
    }

    /// For every concept its `count` best units, best first.
    ///
    /// - Parameter seed: of a random choice.
    package func sets(for concepts: ConceptSet, count: Int, seed: UInt64 = 0) throws -> [[InternalUnit]] {
        try choose(concepts, count, seed)
    }

    /// The same under another name.
    package func named(_ method: UnitSetMethod) -> UnitSets { UnitSets(method, role, isRandom: isRandom, choose) }

    /// The same under another name, asked for other concepts than those it is given.
    package func onConcepts(
        _ method: UnitSetMethod, _ role: UnitSetRole, _ replace: @escaping @Sendable (ConceptSet) -> ConceptSet
    ) -> UnitSets {
        UnitSets(method, role, isRandom: true) { try choose(replace($0), $1, $2) }
    }
}

extension UnitSets {
    /// Baselines and controls that every layer has; they know nothing of E_n.
    static func baselines(
        of space: some UnitSpace, _ context: ConceptContext, unit: @escaping @Sendable (Int) -> InternalUnit
    ) -> [UnitSets] {
        let ofUnits = UnitSetBaselines(space.statistics, context, isSigned: space.units.first?.pole != nil, unit: unit)
        return ofUnits.published(.clipDissect) + ofUnits.activationValues + [ofUnits.departure, ofUnits.random]
    }
}

/// The baselines of some units. Each published method is there as it was published, with the positive side of a unit, and
/// where units are signed a second time with both sides.
package struct UnitSetBaselines: Sendable {
    let statistics: any UnitStatistics
    let context: ConceptContext
    let isSigned: Bool
    let unit: @Sendable (Int) -> InternalUnit

    package init(
        _ statistics: any UnitStatistics, _ context: ConceptContext, isSigned: Bool,
        unit: @escaping @Sendable (Int) -> InternalUnit
    ) {
        (self.statistics, self.context, self.isSigned, self.unit) = (statistics, context, isSigned, unit)
    }

    /// Of the units of a space.
    ///
    /// - Parameter context: what its descriptions are made of.
    package init(of space: some UnitSpace, _ context: ConceptContext) {
        let (layer, kind) = (space.layer, space.kind)
        self.init(space.statistics, context, isSigned: space.units.first?.pole != nil) {
            InternalUnit(layer: layer, index: $0, kind: kind)
        }
    }

    /// A method that scores sides of units for concepts, with one side and with both.
    ///
    /// - Parameter labels: a class of each probe image, for `networkDissection`; nil for those predicted.
    package func published(_ similarity: PublishedSimilarity, labels: [Int]? = nil) -> [UnitSets] {
        (isSigned ? [false, true] : [false]).map { both in
            let method = both ? similarity.method.ofTwoPoles : similarity.method
            return UnitSets(method, .baseline) { [self] concepts, count, _ in
                let poles = ProbePole.all(statistics.unitCount, both: both)
                let scores = try similarity.scores(statistics, poles: poles, concepts, context, labels: labels)
                return concepts.names.indices.map { c in
                    best(count, poles: poles, by: poles.indices.map { scores[$0, c] }, named: both)
                }
            }
        }
    }

    /// Act-Values: ā_{i,c}, of both sides its size. A concept that is none of the study's classes has no images predicted
    /// as it; the probe images then count by how similar to it they are.
    var activationValues: [UnitSets] {
        (isSigned ? [false, true] : [false]).map { both in
            UnitSets(both ? .actValues.ofTwoPoles : .actValues, .baseline) { [self] concepts, count, _ in
                let poles = ProbePole.all(statistics.unitCount, both: both)
                return try concepts.names.indices.map { c in
                    let means = try statistics.means(on: concepts.query(c), in: context)
                    return best(count, poles: poles, by: poles.map { $0.sign * means[$0.index] }, named: both)
                }
            }
        }
    }

    /// |ā_{i,c} - ā_i|: how a unit departs on the class, without any concept space.
    var departure: UnitSets {
        UnitSets(.classDeparture, .control) { [self] concepts, count, _ in
            let poles = ProbePole.all(statistics.unitCount, both: isSigned)
            return try concepts.names.indices.map { c in
                let means = try statistics.means(on: concepts.query(c), in: context)
                return best(
                    count, poles: poles,
                    by: poles.map {
                        let departure = means[$0.index] - statistics.means[$0.index]
                        return isSigned ? $0.sign * departure : abs(departure)
                    }, named: isSigned)
            }
        }
    }

    var random: UnitSets {
        UnitSets(.random, .control, isRandom: true) { [statistics, unit] concepts, count, seed in
            var random = SeededGenerator(seed: seed)
            return concepts.names.map { _ in
                (0..<statistics.unitCount).shuffled(using: &random).prefix(count).map(unit)
            }
        }
    }

    /// The `count` best units, each by its better side, which is `named` or meant.
    private func best(_ count: Int, poles: [ProbePole], by scores: [Float], named: Bool) -> [InternalUnit] {
        var seen: Set<Int> = []
        // Both sides of a unit may be among the best: of twice as many the first of each unit are enough.
        let order = TopK.indices(of: scores, count: named ? 2 * count : count)
        return order.filter { seen.insert(poles[$0].index).inserted }.prefix(count).map {
            var unit = unit(poles[$0].index)
            if named { unit.pole = poles[$0].sign > 0 ? .positive : .negative }
            return unit
        }
    }
}
