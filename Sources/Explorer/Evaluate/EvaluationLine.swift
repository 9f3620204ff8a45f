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
        let widths = section.columns.indices.map { column in
            ([section.columns] + section.rows).map { displayWidth(of: $0[column]) }.max() ?? 0
        }
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
            + [.columns(line(section.columns))] + section.rows.map { .row(line($0)) }
    }
}
