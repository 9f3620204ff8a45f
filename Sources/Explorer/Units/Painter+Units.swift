import Analysis

extension Painter {
    mutating func unitsScreen(_ study: OpenStudy) {
        if var line = layout[.filter] {
            let all = counted(state.units.count, "unit") + (state.jobs.isRunning(.list) ? " so far" : "")
            let counts = "\(grouped(state.units.shown.count)) of \(all)"
            frame.putRight(counts, in: line.inset(columns: 1), style: palette[.dim])
            _ = line.takeRight(counts.count + 3)
            field(
                state.units.filter, label: "Filter", placeholder: "f, then part of a concept or a unit's number",
                in: line,
                focused: isFocused(.filter))
        }
        if let area = layout[.table] { unitTable(in: area, layer: study.name(of: study.facts.reference)) }
        if let area = layout[.profile] { profilePane(in: area, focused: isFocused(.profile)) }
    }

    private mutating func unitTable(in area: Area, layer: String) {
        let focused = isFocused(.table)
        let units = state.units
        var inside = pane(
            "\(state.unitKind == .feature ? "Features" : "Units") of \(layer)", in: area, focused: focused)
        let header = inside.takeTop(1)
        for column in UnitColumns(header: header, sort: units.sort, chosen: state.unitColumns).cells {
            let isSorted = column.sort == units.sort
            let arrow = isSorted ? (column.sort.isAscending != units.isReversed ? "▲" : "▼") : ""
            let style = palette[isSorted ? .accent : .dim]
            switch column.sort {
            case .index, .concept:
                frame.put(column.title + arrow, at: column.area.origin, width: column.area.width, style: style)
            default: frame.putRight(arrow + column.title, in: column.area, style: style)
            }
        }
        guard !units.shown.isEmpty else {
            let isLoading = state.jobs.isRunning(.list)
            if isLoading { return hint(["Describing every unit…"], in: inside) }
            if units.lacksCategories, state.jobs.isRunning(.map) {
                return hint(["Looking up what kind each concept is of…"], in: inside)
            }
            let unknown = UnitFilter.unknownFigure(in: units.filter.text).map {
                ["“\($0)” is no figure; these are:", UnitSort.figures.map(\.title).joined(separator: " ")]
            }
            return hint(["No unit matches"] + (unknown ?? []), in: inside)
        }
        for (index, line) in state.list(.table, in: layout)?.rows(units.cursor) ?? [] {
            let summary = units.shown[index]
            for column in UnitColumns(header: line, sort: units.sort, chosen: state.unitColumns).cells {
                switch column.sort {
                case .index:
                    let used = frame.put(
                        summary.unit.shortName, at: column.area.origin, width: column.area.width - 2,
                        style: palette[.text])
                    if state.findings.marks(summary.unit) {
                        frame.put("★", at: column.area.point(used + 1), style: palette[.warning])
                    }
                case .concept: conceptCell(summary.concept, in: column.area)
                case .score: number(summary.concept.score, in: column.area)
                case .mean: number(summary.mean, in: column.area)
                case .deviation: number(summary.deviation, in: column.area)
                case .pearson, .auprc, .clarity, .polysemanticity, .redundancy, .selectivity:
                    quality(summary.quality, by: column.sort, in: column.area)
                }
            }
            if index == units.cursor.selected { select(line, focused: focused) }
        }
    }

    /// The concept's name; where there is room, its cosine as a bar.
    private mutating func conceptCell(_ concept: RankedConcept, in area: Area) {
        var area = area
        if area.width >= 32 {
            var bar = area.takeRight(area.width - 22)
            _ = bar.takeRight(1)
            frame.bar(Double(concept.score), in: bar, style: palette[.bar])
        }
        frame.put(concept.concept.fitted(to: area.width - 1), at: area.origin, width: area.width, style: palette[.text])
    }

    /// A figure of the quality; of a dead unit only that it is.
    private mutating func quality(_ quality: UnitQuality?, by sort: UnitSort, in area: Area) {
        guard let quality, let value = sort.quality(quality) else {
            return frame.putRight("–", in: area, style: palette[.dim])
        }
        guard !quality.isDead else { return frame.putRight("dead", in: area, style: palette[.warning]) }
        let isDoubtful = (sort == .pearson || sort == .auprc) && quality.explanation?.isNoBetterThanChance == true
        frame.putRight(fixed(Double(value), 2), in: area, style: palette[isDoubtful ? .warning : .text])
    }

    private mutating func number(_ value: Float, in area: Area) {
        frame.putRight(fixed(Double(value), 2), in: area, style: palette[.text])
    }
}
