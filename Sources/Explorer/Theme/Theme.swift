/// What a colour is for.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Behind everything.
    case background
    case text
    /// What may be overlooked: labels, units of measure, hints.
    case dim
    /// Where the user is: the focused pane, the screen's tab, the slider's knob.
    case accent
    /// Rules between panes.
    case border
    /// Behind the selected row.
    case selection
    /// Score bars and histograms.
    case bar
    /// The unfilled part of a slider or a progress bar.
    case track
    /// A rise, something that went well.
    case positive
    /// A fall, something that failed.
    case negative
    case warning
    /// The second curve of a plot.
    case other
}

/// A colour for every role, as a theme file names them. A nil colour is the terminal's own.
package struct Theme: Sendable, Hashable {
    package var name: String
    package var colors: [Role: RGB?]

    package init(name: String, colors: [Role: RGB?]) {
        self.name = name
        self.colors = colors
    }

    package subscript(role: Role) -> RGB? { colors[role] ?? nil }

    /// Whether it is made for a dark background: its text is light.
    var isDark: Bool { (self[.text]?.luminance ?? 255) >= 128 }

    /// Itself; of a theme that lies on the terminal's background, where that is as light as its text or as dark, on one of
    /// its own.
    func readable(on background: RGB?) -> Theme {
        guard let background, self[.background] == nil, self[.text] != nil, isDark != (background.luminance < 128)
        else {
            return self
        }
        var theme = self
        theme.colors[.background] = isDark ? RGB(0x12, 0x12, 0x12) : RGB(0xFF, 0xFF, 0xFF)
        return theme
    }
}

/// The themes at hand, and how many colours the terminal shows: none under `NO_COLOR`.
package struct Appearance: Sendable, Hashable {
    package var themes: [Theme]
    package var selected: Int
    package var depth: ColorDepth
    /// Whether the user chose the theme; if not, it follows the terminal's background.
    package var isChosen: Bool
    /// The terminal's own background, where it told it.
    package private(set) var background: RGB?

    package init(themes: [Theme], selected: Int = 0, depth: ColorDepth = .direct, isChosen: Bool = false) {
        self.themes = themes
        self.isChosen = isChosen
        self.selected = themes.indices.contains(selected) ? selected : 0
        self.depth = depth
    }

    /// Takes the first theme that reads on a terminal with this background, unless the user chose one.
    mutating func follow(background: RGB) {
        self.background = background
        let isDark = background.luminance < 128
        guard !isChosen, let fitting = themes.firstIndex(where: { $0.isDark == isDark }) else { return }
        selected = fitting
    }

    package var theme: Theme? { themes.indices.contains(selected) ? themes[selected] : nil }

    /// Styles for the roles: the theme's colours, the terminal's own sixteen, or attributes alone.
    package var palette: Palette {
        // What the terminal shows by itself is as dark as it said; if it did not, as the theme takes it to be.
        let isDark = background.map { $0.luminance < 128 } ?? theme?.isDark ?? true
        return Palette(
            theme: depth == .none ? nil : theme?.readable(on: background), depth: theme == nil ? .none : depth,
            isDark: isDark)
    }
}
