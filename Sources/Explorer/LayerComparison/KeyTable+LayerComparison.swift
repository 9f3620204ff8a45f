/// Keys of two layers compared.
extension KeyTable {
    static let comparingLayers = [
        Binding(.comparingLayers, [.enter], .accept, "to the unit", "to the unit under the cursor, in its layer"),
        Binding(
            .comparingLayers, [.left, .right, .tab, .character("h"), .character("l")], .nextPanel, "layer",
            "the unit of this layer, or of the other"),
        Binding(.comparingLayers, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.comparingLayers, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.comparingLayers, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.comparingLayers, [.pageDown, .character(" ")], .move(.pageDown), "page", "a page down"),
        Binding(.comparingLayers, [.home], .move(.first), nil, "to the top"),
        Binding(.comparingLayers, [.end, .character("G")], .move(.last), nil, "to the end"),
        Binding(.comparingLayers, [.escape, .character("q")], .cancel, "stop", "stop, and back"),
    ]
}
