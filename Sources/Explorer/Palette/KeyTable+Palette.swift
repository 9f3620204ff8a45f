/// Keys of the palette; what is typed goes into its field.
extension KeyTable {
    static let palette = [
        Binding(.palette, [.enter], .accept, "go", "go there, or do it"),
        Binding(.palette, [.up], .move(.up), "choose", "the line above"),
        Binding(.palette, [.down, .tab], .move(.down), "choose", "the line below"),
        Binding(.palette, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.palette, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.palette, [.escape], .cancel, "cancel", "go back"),
    ]
}
