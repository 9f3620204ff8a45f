/// Keys of the lists of layers and of concept sets.
extension KeyTable {
    static let layers = [
        Binding(.layers, [.enter], .accept, "choose", "open the layer; the present one stays until it is there"),
        Binding(
            .layers, [.character("p")], .readByProbeHead, "probe head",
            "open the layer as a linear reader of it would answer: a probe head, fitted on the labels of the probe images"
        ),
        Binding(
            .layers, [.character("c")], .compareLayers, "compare",
            "the layer on show beside this one: units, concepts, accuracy"),
        Binding(.layers, [.character("a")], .addLayer, "add", "one more layer of the model, by extraction"),
        Binding(.layers, [.up, .character("k")], .move(.up), "layer", "the layer above"),
        Binding(.layers, [.down, .character("j")], .move(.down), "layer", "the layer below"),
        Binding(.layers, [.pageUp], .move(.pageUp), nil, "a page of layers up"),
        Binding(.layers, [.pageDown], .move(.pageDown), nil, "a page of layers down"),
        Binding(.layers, [.escape, .character("L"), .character("q")], .cancel, "cancel", "stay in this layer"),
    ]

    static let conceptSets = [
        Binding(.conceptSets, [.enter], .accept, "choose", "describe units by this concept set"),
        Binding(.conceptSets, [.up, .character("k")], .move(.up), "set", "the concept set above"),
        Binding(.conceptSets, [.down, .character("j")], .move(.down), "set", "the concept set below"),
        Binding(.conceptSets, [.pageUp], .move(.pageUp), nil, "a page of concept sets up"),
        Binding(.conceptSets, [.pageDown], .move(.pageDown), nil, "a page of concept sets down"),
        Binding(
            .conceptSets, [.escape, .character("V"), .character("q")], .cancel, "cancel", "stay with this concept set"),
    ]
}
