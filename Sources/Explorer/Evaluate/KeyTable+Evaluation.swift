/// Keys of the tables of an evaluation.
extension KeyTable {
    static let evaluation = [
        Binding(.evaluation, [.up, .character("k")], .move(.up), "scroll", "a line up"),
        Binding(.evaluation, [.down, .character("j")], .move(.down), "scroll", "a line down"),
        Binding(.evaluation, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.evaluation, [.pageDown, .character(" ")], .move(.pageDown), nil, "a page down"),
        Binding(.evaluation, [.home], .move(.first), nil, "to the top"),
        Binding(.evaluation, [.end, .character("G")], .move(.last), nil, "to the end"),
        Binding(
            .evaluation, [.left, .character("h")], .scrollColumns(-1), nil,
            "where a table is too wide, the columns before"),
        Binding(.evaluation, [.right, .character("l")], .scrollColumns(1), nil, "the columns after"),
        Binding(.evaluation, [.enter], .accept, "go on", "go on where it was stopped"),
        Binding(.evaluation, [.character("e")], .export, "write", "write the tables as Markdown and JSON"),
        Binding(.evaluation, [.escape], .cancel, "stop", "stop; what is finished is kept. Else close"),
        Binding(.evaluation, [.character("E"), .character("q")], .evaluate, "close", "close; it goes on out of sight"),
    ]
}
