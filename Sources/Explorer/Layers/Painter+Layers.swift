import Analysis

extension Painter {
    /// The study's layers with their state.
    mutating func layersOverlay(_ study: OpenStudy, _ cursor: ListCursor) {
        let layers = study.layers
        let models = study.severalModels ? layers.map(\.reference.model) : []
        let columns = Columns([
            ("model", models, .left), ("layer", layers.map(\.reference.layer), .left),
            ("pooling", layers.map(\.reference.pooling), .left), ("units", layers.map { grouped($0.units) }, .right),
            ("classes by", readers(of: study), .left),
            ("state", layers.map(state(of:)), .left),
        ])
        table(columns, "Layers", cursor, marked: layers.firstIndex { $0.reference == study.facts.reference.place })
    }

    /// The study's concept sets: what units can be described by.
    mutating func conceptSetsOverlay(_ study: OpenStudy, _ cursor: ListCursor) {
        let sets = study.facts.conceptSets
        let columns = Columns([
            ("concept set", sets.map(\.name), .left), ("concepts", sets.map { grouped($0.count) }, .right),
            ("digest", sets.map { String($0.digest.prefix(12)) }, .left),
        ])
        table(columns, "Concept sets", cursor, marked: sets.firstIndex(where: \.isChosen))
    }

    /// Who says which class an image is, where that is not the model everywhere.
    private func readers(of study: OpenStudy) -> [String] {
        let shown = study.facts.reference
        let titles = study.layers.map { layer in
            let other = layer.reference == shown.place ? shown.reader : nil
            return (other ?? layer.reader).title
        }
        return titles.allSatisfy { $0 == nil } ? [] : titles.map { $0 ?? "the model" }
    }

    /// Of how many images a layer's activations are there.
    private func state(of layer: LayerFacts) -> String {
        if layer.isComplete { return "complete" }
        return layer.rows == 0 ? "none" : "\(grouped(layer.rows)) of \(grouped(layer.images))"
    }

    private enum Side { case left, right }

    /// Columns with a title, as wide as they need to be; those that say nothing are left out.
    private struct Columns {
        private(set) var all: [(title: String, texts: [String], side: Side, width: Int)]

        init(_ columns: [(title: String, texts: [String], side: Side)]) {
            all = columns.filter { $0.texts.contains { !$0.isEmpty } }.map { title, texts, side in
                (title, texts, side, texts.reduce(displayWidth(of: title)) { max($0, displayWidth(of: $1)) })
            }
        }

        /// Where there is no room for all, the first gives way: the last say what state a layer is in.
        func fitted(to width: Int) -> Columns {
            var result = self
            let over = all.reduce(2 - 3) { $0 + $1.width + 3 } - width
            if over > 0, !all.isEmpty { result.all[0].width = max(4, all[0].width - over) }
            return result
        }
    }

    /// A list in an overlay, the one in force marked.
    private mutating func table(_ columns: Columns, _ title: String, _ cursor: ListCursor, marked: Int?) {
        guard let list = state.overlayList(in: frame.size) else { return }
        let inside = box(OverlayLayout.layers(list.count, in: frame.size), title)
        let columns = columns.fitted(to: inside.width)
        put(columns.all.map { ($0.title, $0.side, $0.width) }, in: inside.line(0), style: palette[.dim])
        for (row, line) in list.rows(cursor) {
            frame.put(row == marked ? "●" : " ", at: line.origin, style: palette[.accent])
            put(columns.all.map { ($0.texts[row], $0.side, $0.width) }, in: line, style: palette[.text])
            if row == cursor.selected { select(line, focused: true) }
        }
    }

    private mutating func put(_ cells: [(text: String, side: Side, width: Int)], in line: Area, style: Style) {
        var rest = line
        _ = rest.takeLeft(2)
        for cell in cells {
            let area = rest.takeLeft(cell.width)
            _ = rest.takeLeft(3)
            guard !area.isEmpty else { return }
            if cell.side == .right {
                frame.putRight(cell.text, in: area, style: style)
            } else {
                frame.put(cell.text.fitted(to: area.width), at: area.origin, width: area.width, style: style)
            }
        }
    }
}
