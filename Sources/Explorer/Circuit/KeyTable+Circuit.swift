/// Keys of a walk through circuits.
extension KeyTable {
    static let circuit = [
        Binding(.circuit, [.enter, .right, .character("l")], .accept, "follow", "on to this unit, and what it moves"),
        Binding(.circuit, [.backspace, .left, .character("h")], .travel(-1), "back", "back to the unit before"),
        Binding(.circuit, [.up, .character("k")], .move(.up), nil, "the unit above"),
        Binding(.circuit, [.down, .character("j")], .move(.down), nil, "the unit below"),
        Binding(.circuit, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.circuit, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.circuit, [.character("L")], .chooseLayer, nil, "to a layer of the study; a there adds one"),
        Binding(
            .circuit, [.escape, .character("W"), .character("q")], .cancel, "stay", "stop measuring; stay at this unit"),
    ]
}
