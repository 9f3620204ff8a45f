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
}

/// The themes at hand and whether colours are wanted at all (`NO_COLOR`).
package struct Appearance: Sendable, Hashable {
    package var themes: [Theme]
    package var selected: Int
    package var usesColor: Bool
    /// Whether the user chose the theme; if not, it follows the terminal's background.
    package var isChosen: Bool

    package init(themes: [Theme], selected: Int = 0, usesColor: Bool = true, isChosen: Bool = false) {
        self.themes = themes
        self.isChosen = isChosen
        self.selected = themes.indices.contains(selected) ? selected : 0
        self.usesColor = usesColor
    }

    /// Takes the first theme that reads on a terminal with this background, unless the user chose one.
    mutating func follow(background: RGB) {
        let isDark = background.luminance < 128
        guard !isChosen, let fitting = themes.firstIndex(where: { $0.isDark == isDark }) else { return }
        selected = fitting
    }

    package var theme: Theme? { themes.indices.contains(selected) ? themes[selected] : nil }

    /// Styles for the roles: the theme's colours, or attributes alone.
    package var palette: Palette { Palette(theme: usesColor ? theme : nil) }
}

/// Styles for the roles.
package struct Palette: Sendable, Hashable {
    let theme: Theme?

    var inColor: Bool { theme != nil }

    subscript(role: Role) -> Style {
        if let theme { return Style(foreground: theme[role] ?? theme[.text], background: theme[.background]) }
        switch role {
        case .accent, .positive, .negative, .warning: return Style(attributes: .bold)
        case .dim, .border, .track, .bar: return Style(attributes: .dim)
        case .background, .text, .selection, .other: return Style()
        }
    }

    /// Marks what is already drawn as selected.
    func select(_ style: inout Style) {
        if let theme { style.background = theme[.selection] } else { style.attributes.insert(.reverse) }
    }

    /// The colour of a change: rises and falls differ, and their signs tell them apart where colours do not.
    func change(_ difference: Double) -> Style {
        abs(difference) < 0.0005 ? self[.dim] : self[difference > 0 ? .positive : .negative]
    }
}
