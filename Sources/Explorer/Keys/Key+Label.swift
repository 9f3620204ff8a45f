extension Key {
    /// The key as the footer and the help write it.
    package var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "Ctrl-" + String(character).uppercased()
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .shiftLeft: "Shift-←"
        case .shiftRight: "Shift-→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .alt(let character): "Alt-" + String(character).uppercased()
        case .wordLeft: "Ctrl-←"
        case .wordRight: "Ctrl-→"
        case .wordBackspace: "Alt-Backspace"
        case .function(let number): "F\(number)"
        }
    }
}
