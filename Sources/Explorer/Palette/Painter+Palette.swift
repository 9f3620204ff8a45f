extension Painter {
    /// What is typed, and below it what fits.
    mutating func paletteOverlay(_ palette: PaletteState) {
        let layout = OverlayLayout.palette(in: frame.size)
        _ = box(layout, "Go to")
        field(
            palette.field, label: ":", placeholder: "a unit (45-), a concept, a class, a layer, a key",
            in: layout.inside.line(0),
            focused: true)
        guard let list = state.overlayList(in: frame.size) else { return }
        if palette.shown.isEmpty { return hint(["Nothing of that name"], in: list.area) }
        for (row, line) in list.rows(palette.cursor) {
            let entry = palette.shown[row]
            var rest = line
            frame.putRight(entry.note, in: rest.takeRight(12), style: noteStyle(entry))
            frame.put(
                entry.title.fitted(to: rest.width - 2), at: rest.point(1), width: rest.width - 1,
                style: self.palette[.text])
            if row == palette.cursor.selected { select(line, focused: true) }
        }
    }

    /// Keys stand out from kinds.
    private func noteStyle(_ entry: PaletteEntry) -> Style {
        if case .command = entry.target { return palette[.accent] }
        return palette[.dim]
    }
}
