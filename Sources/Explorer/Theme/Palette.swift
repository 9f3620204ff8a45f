/// Styles for the roles.
package struct Palette: Sendable, Hashable {
    let theme: Theme?
    let depth: ColorDepth
    /// Whether the terminal's own background is dark.
    let isDark: Bool

    var inColor: Bool { depth != .none }

    package subscript(role: Role) -> Style {
        if depth.isANSI { return Self.ansi(role, bright: depth == .ansi16 && isDark) }
        if let theme {
            let background = theme[.background].map(Color.exact)
            return Style(foreground: (theme[role] ?? theme[.text]).map(Color.exact), background: background)
        }
        switch role {
        case .accent, .positive, .negative, .warning: return Style(attributes: .bold)
        case .dim, .border, .track, .bar: return Style(attributes: .dim)
        case .background, .text, .selection, .other: return Style()
        }
    }

    /// A role in one of the terminal's own colours, on its own background: nobody knows their shades, so text is the
    /// terminal's own and what may be overlooked is dimmed. On a dark background the bright forms read better.
    private static func ansi(_ role: Role, bright: Bool) -> Style {
        func color(_ number: UInt8) -> Style { Style(foreground: .ansi(number + (bright ? 8 : 0))) }
        switch role {
        case .background, .text, .selection: return Style()
        case .dim, .border, .track: return Style(attributes: .dim)
        case .accent: return color(6)
        case .bar: return color(4)
        case .positive: return color(2)
        case .negative: return color(1)
        case .warning: return color(3)
        case .other: return color(5)
        }
    }

    /// Marks what is already drawn as selected.
    func select(_ style: inout Style) {
        if let theme, !depth.isANSI {
            style.background = theme[.selection].map(Color.exact)
        } else {
            // Reversed, colours would be blocks; and what they say, signs and words say too.
            style.foreground = nil
            style.attributes.insert(.reverse)
            style.attributes.remove(.dim)
        }
    }

    /// The colour of a change: rises and falls differ, and their signs tell them apart where colours do not.
    func change(_ difference: Double) -> Style {
        abs(difference) < 0.0005 ? self[.dim] : self[difference > 0 ? .positive : .negative]
    }
}
