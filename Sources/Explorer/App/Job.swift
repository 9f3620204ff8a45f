/// A computation asked for. A newer job of a kind supersedes the older: the runner may stop it, its results are dropped.
package struct Job: Sendable, Hashable {
    package enum Kind: Sendable, Hashable, CaseIterable {
        case locate, profile, list, curve, count, quality, map, locateHeld, inspect, fit, sheet, heat, cover, words,
            layer, conceptSet, evaluation, kin, pair, work, circuit, compare, conceptPair,
            layerComparison, earlier, advice
    }

    package var kind: Kind
    /// Grows with every job of the session.
    package var number: Int

    package init(kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }
}
