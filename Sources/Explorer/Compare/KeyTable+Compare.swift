/// Keys of units side by side.
extension KeyTable {
    static let comparing = [
        Binding(
            .comparing, [.enter, .right, .character("l")], .accept, "compare", "side by side with this unit; then to it"
        ),
        Binding(.comparing, [.up, .character("k")], .move(.up), nil, "the unit above"),
        Binding(.comparing, [.down, .character("j")], .move(.down), nil, "the unit below"),
        Binding(.comparing, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.comparing, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.comparing, [.home], .move(.first), nil, "to the first"),
        Binding(.comparing, [.end, .character("G")], .move(.last), nil, "to the last"),
        Binding(
            .comparing, [.escape, .left, .character("h"), .character("C"), .character("q")], .cancel, "back", "back"),
    ]
}
