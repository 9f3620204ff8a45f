import Analysis

/// What was marked, as it is ordered and filtered.
package struct FindingsState: Sendable {
    /// In the order in which they were marked.
    package var all: [Finding] = [] { didSet { sift() } }
    package var cursor = ListCursor()
    package var filter = TextField() { didSet { if filter.text != oldValue.text { sift() } } }
    package var order = FindingOrder.age { didSet { sift() } }
    package var isReversed = false { didSet { sift() } }
    /// Positions in `all` of those that pass the filter, as they are shown.
    package private(set) var shown: [Int] = []
    /// How many were deleted, in this session or before, and can be brought back.
    package var deleted = 0
    /// What could not be kept: its notes are asked for again, one after the other.
    package var unkept: [UnkeptNote] = []
    /// Units of the layer on show that are marked.
    private var marked: Set<InternalUnit> = []

    package var selected: Finding? { shown.indices.contains(cursor.selected) ? all[shown[cursor.selected]] : nil }

    private mutating func sift() {
        let words = filter.text.lowercased().split(separator: " ")
        shown = order.sorted(all).filter { place in words.allSatisfy { all[place].matches($0) } }
        if isReversed { shown.reverse() }
    }

    func marks(_ unit: InternalUnit) -> Bool { marked.contains(unit) }

    /// Looks anew which units of the study's layer are marked.
    mutating func mark(in study: OpenStudy?) {
        marked = []
        for finding in all where study?.isOfLayer(finding) ?? true {
            if case .unit(let description) = finding.subject { marked.insert(description.unit) }
        }
    }
}

/// What was to be kept with a note, and could not be.
package struct UnkeptNote: Sendable, Equatable {
    package var subject: NoteSubject
    package var note: String
}

/// What was done to the findings, once the study has it.
package enum FindingChange: Sendable, Equatable {
    case kept(Finding.Subject)
    case noted
    case deleted(Finding.Subject)
    case restored(Finding.Subject)
    /// Nothing was there to bring back.
    case nothingToRestore
}
