import Analysis

/// The screens, in the order of their tabs.
public enum Screen: String, Sendable, Hashable, Codable, CaseIterable {
    case locate, units, steer, findings, map

    public var title: String {
        switch self {
        case .locate: "Locate"
        case .units: "Units"
        case .steer: "Steer"
        case .findings: "Findings"
        case .map: "Map"
        }
    }
}

/// By what the table of all units is sorted.
public enum UnitSort: String, Sendable, Hashable, Codable, CaseIterable {
    case index, concept, score, mean, deviation, clarity, polysemanticity, redundancy, selectivity

    /// Names run from the first to the last, figures from the largest down.
    var isAscending: Bool { self == .index || self == .concept }
}

/// Where the user was, to come back to at the next start.
public struct Session: Sendable, Hashable, Codable {
    public var screen: Screen
    public var concept: String
    public var ranking: Ranking
    /// τ, units in the set to steer.
    public var setSize: Int
    public var `operator`: Operator
    public var scalingBeta: Double
    public var addingBeta: Double
    public var sort: UnitSort
    public var isReversed: Bool
    /// All interventions; nil in sessions from before there could be several.
    public var steering: SteeringList?
    /// Name of the theme; nil where the user chose none.
    public var theme: String?

    public init(
        screen: Screen = .locate, concept: String = "", ranking: Ranking = .contribution, setSize: Int = 10,
        operator: Operator = .scaling, scalingBeta: Double = 1, addingBeta: Double = 0, sort: UnitSort = .index,
        isReversed: Bool = false, steering: SteeringList? = nil, theme: String? = nil
    ) {
        self.screen = screen
        self.concept = concept
        self.ranking = ranking
        self.setSize = setSize
        self.operator = `operator`
        self.scalingBeta = scalingBeta
        self.addingBeta = addingBeta
        self.sort = sort
        self.isReversed = isReversed
        self.steering = steering
        self.theme = theme
    }
}
