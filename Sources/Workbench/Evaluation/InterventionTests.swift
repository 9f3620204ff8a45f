import Analysis

/// Whether a method's units move their classes more than another's, as the one-tailed paired t-test sees it.
package struct InterventionTest: Sendable {
    /// What pairs are made of.
    package enum Pairs: String, Sendable, Codable { case classes, seeds }

    package var kind: UnitKind
    package var units: Int
    package var method: UnitSetMethod
    package var other: UnitSetMethod
    package var otherRole: UnitSetRole
    package var pairs: Pairs
    package var test: PairedTest
    /// p, corrected for all tests of the table over such pairs.
    package var correctedP: Double

    /// By the table's usual level of 5 %.
    package var isAhead: Bool { correctedP < 0.05 }
}

extension InterventionTable {
    /// The reference of each kind against every other method, by enhancement less removal: scaling by the greatest β less
    /// scaling by the least. Over classes, each the mean of its seeds, and over seeds where one matters.
    package var tests: [InterventionTest] {
        var found: [InterventionTest] = []
        for (kind, reference) in references.sorted(by: { $0.key.rawValue > $1.key.rawValue }) {
            let own = effects(of: kind)
            for units in Set(own.map(\.units)).sorted() {
                guard let first = own.first(where: { $0.units == units && $0.method == reference }) else { continue }
                for other in own where other.units == units && other.method != reference {
                    for pairs in [InterventionTest.Pairs.classes, .seeds] {
                        guard let test = first.test(against: other, pairs) else { continue }
                        found.append(
                            InterventionTest(
                                kind: kind, units: units, method: reference, other: other.method,
                                otherRole: other.role, pairs: pairs, test: test, correctedP: test.p))
                    }
                }
            }
        }
        for pairs in [InterventionTest.Pairs.classes, .seeds] {
            let places = found.indices.filter { found[$0].pairs == pairs }
            for (place, p) in zip(places, holm(places.map { found[$0].test.p })) { found[place].correctedP = p }
        }
        return found
    }

    /// Enhancement less removal of every method and set size, in points.
    func effects(of kind: UnitKind) -> [InterventionEffect] {
        let scaled = cells.filter { $0.kind == kind && $0.operator == .scaling }
        guard let most = scaled.map(\.beta).max(), let least = scaled.map(\.beta).min(), most > least else { return [] }
        return scaled.filter { $0.beta == most }.compactMap { enhanced in
            guard let removed = scaled.first(where: { $0.isSameRow(enhanced) && $0.beta == least }) else { return nil }
            return InterventionEffect(
                method: enhanced.method, role: enhanced.role, units: enhanced.units,
                byClass: zip(enhanced.byClass, removed.byClass).map { zip($0, $1).map { $0 - $1 } })
        }
    }
}

/// Enhancement less removal: how far a method's units move their classes.
struct InterventionEffect {
    var method: UnitSetMethod
    var role: UnitSetRole
    var units: Int
    /// In points; one value a class for each seed.
    var byClass: [[Double]]

    var bySeed: [Double] { byClass.map { Sample($0).mean } }
    var mean: Double { Sample(bySeed).mean }

    /// Nil where there are no pairs: fewer than two classes, or no seed that matters to either.
    func test(against other: InterventionEffect, _ pairs: InterventionTest.Pairs) -> PairedTest? {
        switch pairs {
        case .classes:
            func means(_ effect: InterventionEffect) -> [Double] {
                (effect.byClass.first ?? []).indices.map { c in Sample(effect.byClass.map { $0[c] }).mean }
            }
            return PairedTest(means(self), isGreaterThan: means(other))
        case .seeds:
            // What no seed touches is the same for all.
            let seeds = max(bySeed.count, other.bySeed.count)
            func spread(_ values: [Double]) -> [Double] {
                values.count == 1 ? Array(repeating: values[0], count: seeds) : values
            }
            let (x, y) = (spread(bySeed), spread(other.bySeed))
            return x.count == y.count ? PairedTest(x, isGreaterThan: y) : nil
        }
    }
}
