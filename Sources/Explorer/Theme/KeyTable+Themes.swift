/// Keys of the list of themes.
extension KeyTable {
    static let themes = [
        Binding(.themes, [.up, .character("k")], .move(.up), "theme", "the theme above, at once on the screen"),
        Binding(.themes, [.down, .character("j")], .move(.down), "theme", "the theme below, at once on the screen"),
        Binding(.themes, [.enter], .accept, "keep", "keep the theme"),
        Binding(.themes, [.escape, .character("T"), .character("q")], .cancel, "cancel", "the theme from before"),
    ]
}
