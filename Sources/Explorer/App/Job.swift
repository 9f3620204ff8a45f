/// A computation asked for. A newer job of a kind supersedes the older: the runner may stop it, its results are dropped.
public struct Job: Sendable, Hashable {
    public enum Kind: Sendable, Hashable, CaseIterable {
        case locate, profile, list, curve, count, quality, map, locateHeld, inspect, words, layer, conceptSet
    }

    public var kind: Kind
    /// Grows with every job of the session.
    public var number: Int

    public init(kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }
}
