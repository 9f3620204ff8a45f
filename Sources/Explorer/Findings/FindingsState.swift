import Analysis

/// What was marked, newest last as stored.
package struct FindingsState: Sendable {
    package var all: [Finding] = []
    package var cursor = ListCursor()
    /// Deleted in this session, to bring back; the last one on top.
    package var deleted: [Finding] = []
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
