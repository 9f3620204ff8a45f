import Explorer

/// A way to show pictures in pixels instead of characters.
package enum PixelProtocol: String, Sendable, Hashable, CaseIterable {
    /// kitty's graphics protocol: kitty, Ghostty, Konsole, WezTerm.
    case kitty
    /// iTerm2's inline images.
    case iterm
    /// DEC's sixels: xterm -ti vt340, foot, mlterm, Windows Terminal, tmux on any of these.
    case sixel

    /// Where the terminal's name tells it: iTerm2 answers no question about it.
    package init?(environment: [String: String]) {
        guard environment["TERM_PROGRAM"] == "iTerm.app" || environment["LC_TERMINAL"] == "iTerm2",
            environment["TMUX"] == nil
        else { return nil }
        self = .iterm
    }

    /// Whether a picture is gone where a character is written, a blank too. kitty keeps pictures apart from the text.
    var isErasedByText: Bool { self != .kitty }
}

/// How many pixels a character cell has.
package struct CellSize: Sendable, Hashable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
