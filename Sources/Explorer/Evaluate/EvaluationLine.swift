import Analysis

/// A line of the tables, cut to the width of the screen.
enum EvaluationLine: Equatable, TableLine {
    case title(String)
    case sentence(String)
    case columns(String)
    case row(String)
    case blank

    var place: TablePlace {
        switch self {
        case .columns: .head
        case .row: .row
        case .title, .sentence, .blank: .outside
        }
    }

    /// - Parameter skipped: columns that keys moved tables by, where keys do.
    static func lines(of sections: [ReportSection], width: Int, skipped: Int?) -> [EvaluationLine] {
        Array(sections.flatMap { lines(of: $0, width: width, skipped: skipped) + [.blank] }.dropLast())
    }

    private static func lines(of section: ReportSection, width: Int, skipped: Int?) -> [EvaluationLine] {
        let table = TableColumns(section, width: width)
        let shown = table.shown(skipping: skipped ?? 0)
        func line(_ cells: [String]) -> String {
            ([0] + Array(shown)).filter(cells.indices.contains).map { cells[$0].padded(to: table.widths[$0]) }
                .joined(separator: "  ").fitted(to: width)
        }
        var notes: [String] = []
        if table.rows != section.rows { notes.append("Intervals of these figures stand on a wider screen.") }
        if shown.count + 1 < section.columns.count {
            let names =
                shown.count == 1
                ? "Column \(shown.upperBound)" : "Columns \(shown.lowerBound + 1) to \(shown.upperBound)"
            let others = skipped == nil ? "the others stand on a wider screen" : "← → for the others"
            notes.append("\(names) of \(section.columns.count); \(others).")
        }
        return [.title(section.title.fitted(to: width))]
            + section.sentences.flatMap { HelpText.wrapped($0, to: width) }.map { .sentence($0.fitted(to: width)) }
            + notes.map { .sentence($0.fitted(to: width)) }
            + (section.columns.isEmpty ? [] : [.columns(line(section.columns))]) + table.rows.map { .row(line($0)) }
    }

    /// How many columns the widest of the tables can be moved by.
    static func mostSkipped(of sections: [ReportSection], width: Int) -> Int {
        sections.map { TableColumns($0, width: width).mostSkipped }.max() ?? 0
    }
}

/// The columns of a table beside its first one, which is always there, in some width.
private struct TableColumns {
    /// The cells as they are shown: without intervals where that makes all columns fit.
    let rows: [[String]]
    let widths: [Int]
    private let width: Int

    init(_ section: ReportSection, width: Int) {
        func widths(_ rows: [[String]]) -> [Int] {
            section.columns.indices.map { column in
                ([section.columns] + rows).map { displayWidth(of: $0[column]) }.max() ?? 0
            }
        }
        // Rather all columns without their intervals than some of them with.
        let forms = [section.rows, section.rows.map { $0.map(Self.plain) }]
        rows = forms.first { widths($0).reduce(-2) { $0 + $1 + 2 } <= width } ?? section.rows
        (self.widths, self.width) = (widths(rows), width)
    }

    /// Columns there is room for from one on; that one at least.
    private func fitting(from first: Int) -> Range<Int> {
        var (end, used) = (first, widths.first ?? 0)
        while end < widths.count, used + 2 + widths[end] <= width {
            used += 2 + widths[end]
            end += 1
        }
        return first..<min(max(end, first + 1), max(first, widths.count))
    }

    /// Columns that must go for the last one to be there.
    var mostSkipped: Int {
        widths.indices.dropFirst().first { fitting(from: $0).upperBound == widths.count }.map { $0 - 1 } ?? 0
    }

    /// What is shown beside the first column, moved on by so many columns.
    func shown(skipping skipped: Int) -> Range<Int> { fitting(from: 1 + min(skipped, mostSkipped)) }

    /// `80.0 %` of `80.0 % [64.1, 90.0]`, `+0.2` of `+0.2 ± 0.1`
    private static func plain(_ cell: String) -> String {
        [" [", " ± "].reduce(cell) { text, mark in
            text.firstRange(of: mark).map { String(text[..<$0.lowerBound]) } ?? text
        }
    }
}
