import Analysis

/// One word of the filter over units: a part of a concept or of a unit's number, with `~` before it what they must not be, a
/// bound on a figure, as in `pearson>.3`, or a group, as in `class:ankle-boot`.
enum UnitFilter: Hashable {
    case text(String, isExcluded: Bool)
    /// By the beginning of the group's name.
    case group(FrequencyPlace.Kind, String, isExcluded: Bool)
    /// By the figure's name or its beginning.
    case bound(UnitSort, isAbove: Bool, Float)

    private static let figures: [UnitSort] = UnitSort.allCases.filter(\.isFigure)

    /// By its name, or by what stands over its column.
    private static func figure(_ name: Substring) -> UnitSort? {
        figures.first { $0.rawValue.hasPrefix(name) } ?? figures.first { $0.title.hasPrefix(name) }
    }

    /// Where the sign of a bound stands; nil in a word that is none.
    private static func sign(in word: Substring) -> Substring.Index? {
        word.firstIndex { $0 == "<" || $0 == ">" }.flatMap { $0 > word.startIndex ? $0 : nil }
    }

    /// What stands before the sign of a bound in a filter, and is no figure.
    static func unknownFigure(in filter: String) -> String? {
        filter.lowercased().split(separator: " ").lazy.compactMap { word in sign(in: word).map { word[..<$0] } }
            .first { figure($0) == nil }.map(String.init)
    }

    /// Nil for what is still typed: `~`, `pearson>`.
    init?(_ word: Substring) {
        if let sign = Self.sign(in: word), let figure = Self.figure(word[..<sign]) {
            guard let bound = Float(word[word.index(after: sign)...].replacing("−", with: "-")) else { return nil }
            self = .bound(figure, isAbove: word[sign] == ">", bound)
            return
        }
        let isExcluded = word.hasPrefix("~")
        let text = String(isExcluded ? word.dropFirst() : word)
        guard !text.isEmpty else { return nil }
        if let kind = [FrequencyPlace.Kind.class, .category].first(where: { text.hasPrefix($0.rawValue + ":") }) {
            self = .group(kind, String(text.dropFirst(kind.rawValue.count + 1)), isExcluded: isExcluded)
            return
        }
        self = .text(text, isExcluded: isExcluded)
    }

    /// Whether it goes by what is measured after the list is there.
    var isOfQuality: Bool {
        switch self {
        case .bound(let figure, _, _): figure.isQuality
        case .group(let kind, _, _): kind == .class
        case .text: false
        }
    }

    /// Whether it goes by the super-categories, which the map knows.
    var isOfCategory: Bool { if case .group(.category, _, _) = self { true } else { false } }

    /// A group's name as a word: `ankle-boot`.
    static func word(_ name: String) -> String { name.lowercased().split(separator: " ").joined(separator: "-") }
}

extension UnitSort {
    /// The figure of a unit; nil where there is none, or it is not known yet.
    func figure(_ unit: UnitSummary, _ quality: UnitQuality?) -> Float? {
        switch self {
        case .index, .concept: nil
        case .score: unit.concept.score
        case .mean: unit.mean
        case .deviation: unit.deviation
        case .pearson, .auprc, .clarity, .polysemanticity, .redundancy, .selectivity: self.quality(quality)
        }
    }
}
