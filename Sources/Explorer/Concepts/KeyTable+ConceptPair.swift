/// Keys of two concepts side by side.
extension KeyTable {
    static let choosingConcept = [
        Binding(.choosingConcept, [.enter], .accept, "side by side", "this concept beside the one at hand"),
        Binding(.choosingConcept, [.up], .move(.up), "choose", "the concept above"),
        Binding(.choosingConcept, [.down], .move(.down), "choose", "the concept below"),
        Binding(.choosingConcept, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.choosingConcept, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.choosingConcept, [.escape], .cancel, "back", "back"),
    ]

    static let concepts = [
        Binding(.concepts, [.enter], .accept, "to the unit", "to the unit under the cursor"),
        Binding(
            .concepts, [.left, .right, .tab, .character("h"), .character("l")], .nextPanel, "other concept",
            "to the other concept's units"),
        Binding(.concepts, [.up, .character("k")], .move(.up), nil, "the unit above"),
        Binding(.concepts, [.down, .character("j")], .move(.down), nil, "the unit below"),
        Binding(.concepts, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.concepts, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.concepts, [.home], .move(.first), nil, "to the first"),
        Binding(.concepts, [.end, .character("G")], .move(.last), nil, "to the last"),
        Binding(.concepts, [.character("r")], .switchRanking, "ranking", "rank both by the next ranking"),
        Binding(
            .concepts, [.escape, .character("X"), .character("q")], .cancel, "back", "to another concept, then away"),
    ]
}
