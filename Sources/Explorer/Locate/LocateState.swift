import Analysis

/// The units found for the concept, and the field while it is typed in.
///
/// The concept itself, and how its units are ranked, are the selected intervention's (`State.concept`).
package struct LocateState: Sendable {
    /// What is typed, with its caret and blanks; it counts only as long as it says what the concept is.
    var draft: TextField?
    /// What the field said when it got the focus.
    var before: String?
    /// The known concept that what is typed last fits best; nil where none does, or it is one.
    package internal(set) var completion: String?
    /// Concepts of this session and those before, the newest first, and which of them the field was filled with.
    package var recent: [String] = []
    var recalled: Int?
    /// How words were ranked before an image was asked for.
    var rankingOfWords: Ranking?
    /// The newest answer; an older one stays until the next is there.
    package var found: Localization?
    /// Whether the answer is an estimate that the exact list will follow.
    var isEstimate = false
    /// Whether its class is of words that are not counted on any more.
    var isOfOtherWords = false
    package var cursor = ListCursor()
    /// Selected once its concept's units are there.
    var wanted: (concept: String, unit: InternalUnit)?

    package init() {}

    package var selectedUnit: InternalUnit? {
        guard let units = found?.units, units.indices.contains(cursor.selected) else { return nil }
        return units[cursor.selected].unit
    }

    /// Takes in an answer. The cursor stays on its unit while one list of a concept replaces another.
    mutating func show(_ answer: Localization, isExact: Bool) {
        let isSameList = found?.concept == answer.concept && found?.ranking == answer.ranking
        let wanted =
            self.wanted.flatMap { $0.concept == answer.concept ? $0.unit : nil }
            ?? (isSameList && isEstimate && cursor.selected > 0 ? selectedUnit : nil)
        if !isSameList { cursor = ListCursor() }
        if let wanted, let row = answer.units.firstIndex(where: { $0.unit == wanted }) { cursor.jump(to: row) }
        self.wanted = nil
        found = answer
        isEstimate = !isExact
        isOfOtherWords = false
    }
}
