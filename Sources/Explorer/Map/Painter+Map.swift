import Analysis

extension Painter {
    mutating func mapScreen(_ study: OpenStudy) {
        mapSearch()
        if let area = layout[.map] { mapPane(in: area, study) }
        if let area = layout[.profile] { profilePane(in: area, focused: isFocused(.profile)) }
    }

    private mutating func mapPane(in area: Area, _ study: OpenStudy) {
        let map = state.map
        let coloring = map.coloring == .category ? "super-category" : "class"
        let zoom = map.window.zoom > 0 ? "×" + fixed(Double(map.window.factor), 1) : ""
        let noun = state.unitKind == .feature ? "Features" : "Units"
        let inside = pane("\(noun) by \(coloring)", note: zoom, in: area, focused: isFocused(.map))
        guard let shown = map.shown else {
            return hint(
                map.isStopped
                    ? ["The layout is stopped", "r starts it again"] : ["Laying out the \(noun.lowercased())…"],
                in: inside)
        }
        let parts = MapLayout(in: inside, map)
        plot(shown, in: parts.plot)
        legend(shown, in: parts.legend)
        status(shown, in: parts.status.inset(columns: 1))
    }

    private mutating func legend(_ map: UnitMap, in area: Area) {
        let legend = MapLegend(state.map.grouping.groups, width: area.width, lines: area.height)
        let selected = state.map.selectedPoint.flatMap { map.group(of: $0, state.map.coloring) }
        for (row, entries) in legend.lines.enumerated() {
            var line = area.line(row)
            for entry in entries {
                let mark = showsColors ? "●" : letter(entry.group)
                frame.put(mark, at: line.point(1), style: style(ofGroup: entry.group).with(.bold))
                let text = palette[entry.group == selected ? .text : .dim].with(entry.group == selected ? .bold : [])
                let used = frame.put(entry.text, at: line.point(3), width: line.width - 3, style: text)
                _ = line.takeLeft(used + 4)
            }
        }
        if legend.left > 0 {
            frame.putRight(legend.more, in: area.line(area.height - 1), style: palette[.dim])
        }
    }

    private mutating func status(_ map: UnitMap, in area: Area) {
        if let progress = state.map.progress {
            var rest = area
            let text =
                (state.map.isStopped ? "stopped at " : "laying out ")
                + "\(grouped(progress.iteration)) of \(grouped(progress.iterations))"
            let used = frame.put(text + "  ", at: rest.origin, width: rest.width, style: palette[.dim])
            _ = rest.takeLeft(used)
            frame.fill(rest, with: "─", style: palette[.track])
            let share = Double(progress.iteration) / Double(max(1, progress.iterations))
            return frame.bar(share, in: rest, style: palette[.bar])
        }
        guard let score = map.silhouette(state.map.coloring) else {
            let why = map.groups(state.map.coloring) == ["other"] ? "no WordNet here (Debian: wordnet-base)" : ""
            return _ = frame.put(why.fitted(to: area.width), at: area.origin, width: area.width, style: palette[.dim])
        }
        let (found, shuffled) = (fixed(score.score, 2), fixed(score.shuffledMean, 2))
        let dead = map.deadFeatures > 0 ? "; \(grouped(map.deadFeatures)) dead left out" : ""
        let verdict = Self.verdict(score)
        let words = [
            "\(verdict): silhouette \(found) in the concept space; labels shuffled \(shuffled) ± \(fixed(score.shuffledDeviation, 3)), "
                + "p \(fixed(score.pValue, 3))" + dead,
            "\(verdict): silhouette \(found), shuffled \(shuffled), p \(fixed(score.pValue, 3))",
            "\(verdict): silhouette \(found), shuffled \(shuffled)",
            "silhouette \(found), \(verdict)", verdict,
        ]
        frame.put(fitting(words, in: area.width), at: area.origin, width: area.width, style: palette[.dim])
    }
}
