extension Painter {
    /// The themes with a swatch of each; the screen behind wears the selected one.
    mutating func themesOverlay(_ cursor: ListCursor) {
        let themes = state.appearance.themes
        let layout = OverlayLayout.themes(themes.count, in: frame.size)
        _ = box(layout, "Theme")
        // Another theme is every cell of the screen.
        frame.hurried = layout.area.intersection(frame.area)
        guard let list = state.overlayList(in: frame.size) else { return }
        for (row, line) in list.rows(cursor) {
            frame.put(themes[row].name.fitted(to: line.width - 8), at: line.point(1), style: palette[.text])
            if row == cursor.selected { select(line, focused: true) }
            guard palette.inColor, !palette.depth.isANSI else { continue }
            let roles: [Role] = [.accent, .bar, .positive, .negative, .warning, .other]
            for (place, role) in roles.enumerated() {
                let style = Style(
                    foreground: themes[row][role].map(Color.exact),
                    background: themes[row][.background].map(Color.exact))
                frame.put("●", at: line.point(line.width - roles.count + place), style: style)
            }
        }
    }
}
