import Analysis

/// By what the table of all units is sorted.
package enum UnitSort: String, Sendable, Hashable, Codable, CaseIterable {
    case index, concept, score, mean, deviation, clarity, polysemanticity, redundancy, selectivity, pearson, auprc

    /// Whether it is a number of a unit, and not its name or concept.
    var isFigure: Bool { self != .index && self != .concept }

    /// Names run from the first to the last, figures from the largest down.
    var isAscending: Bool { !isFigure }

    /// Whether it goes by what is measured after the list is there.
    var isQuality: Bool {
        switch self {
        case .pearson, .auprc, .clarity, .polysemanticity, .redundancy, .selectivity: true
        case .index, .concept, .score, .mean, .deviation: false
        }
    }

    /// The figure of a unit's quality that is sorted by; nil where it is none of them, or not known yet.
    func quality(_ quality: UnitQuality?) -> Float? {
        guard let quality else { return nil }
        switch self {
        case .pearson: return quality.explanation?.scores?.pearson
        case .auprc: return quality.explanation?.scores?.auprc
        case .clarity: return quality.clarity
        case .polysemanticity: return quality.polysemanticity
        case .redundancy: return quality.redundancy
        case .selectivity: return quality.selectivity
        case .index, .concept, .score, .mean, .deviation: return nil
        }
    }
}
