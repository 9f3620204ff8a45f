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

    static func lines(of sections: [ReportSection], width: Int) -> [EvaluationLine] {
        Array(sections.flatMap { lines(of: $0, width: width) + [.blank] }.dropLast())
    }

    private static func lines(of section: ReportSection, width: Int) -> [EvaluationLine] {
        func widths(_ rows: [[String]]) -> [Int] {
            section.columns.indices.map { column in
                ([section.columns] + rows).map { displayWidth(of: $0[column]) }.max() ?? 0
            }
        }
        // Rather all columns without their intervals than some of them with.
        let forms = [section.rows, section.rows.map { $0.map(plain) }]
        let rows = forms.first { widths($0).reduce(-2) { $0 + $1 + 2 } <= width } ?? section.rows
        let hidesIntervals = rows != section.rows
        let widths = widths(rows)
        // The last columns give way.
        var (shown, used) = (0, 0)
        while shown < widths.count, used + widths[shown] <= width {
            used += widths[shown] + 2
            shown += 1
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).prefix(max(1, shown)).map { $0.padded(to: $1) }.joined(separator: "  ")
                .fitted(to: width)
        }
        return [.title(section.title.fitted(to: width))]
            + section.sentences.flatMap { HelpText.wrapped($0, to: width) }.map { .sentence($0.fitted(to: width)) }
            + (hidesIntervals
                ? [.sentence("Intervals of these figures stand on a wider screen.".fitted(to: width))] : [])
            + [.columns(line(section.columns))] + rows.map { .row(line($0)) }
    }

    /// `80.0 %` of `80.0 % [64.1, 90.0]`, `+0.2` of `+0.2 ± 0.1`
    private static func plain(_ cell: String) -> String {
        [" [", " ± "].reduce(cell) { text, mark in
            text.firstRange(of: mark).map { String(text[..<$0.lowerBound]) } ?? text
        }
    }
}
