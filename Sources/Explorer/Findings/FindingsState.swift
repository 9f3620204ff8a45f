import Analysis

/// What was marked, newest last as stored.
package struct FindingsState: Sendable {
    package var all: [Finding] = []
    package var cursor = ListCursor()
    /// How many were deleted, in this session or before, and can be brought back.
    package var deleted = 0
    /// What could not be kept: its notes are asked for again, one after the other.
    package var unkept: [UnkeptNote] = []
    /// Units of the layer on show that are marked.
    private var marked: Set<InternalUnit> = []

    package var selected: Finding? { all.indices.contains(cursor.selected) ? all[cursor.selected] : nil }

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
