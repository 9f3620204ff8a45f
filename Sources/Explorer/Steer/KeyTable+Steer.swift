/// Keys of the sliders, and of what lies over them.
extension KeyTable {
    static let steering = [
        Binding(.steering, [.left, .character("h")], .slide(-1, fine: false), "slide", "move the slider down a step"),
        Binding(.steering, [.right, .character("l")], .slide(1, fine: false), "slide", "move the slider up a step"),
        Binding(.steering, [.shiftLeft, .character("(")], .slide(-1, fine: true), nil, "a fine step down"),
        Binding(.steering, [.shiftRight, .character(")")], .slide(1, fine: true), nil, "a fine step up"),
        Binding(.steering, [.up, .character("k")], .move(.up), nil, "the slider above"),
        Binding(.steering, [.down, .character("j")], .move(.down), nil, "the slider below"),
        Binding(.steering, [.character("[")], .resize(by: -1), "size", "one unit fewer in the set (τ)"),
        Binding(.steering, [.character("]")], .resize(by: 1), "size", "one unit more in the set (τ)"),
        Binding(.steering, [.character("{")], .resize(by: -5), nil, "five units fewer"),
        Binding(.steering, [.character("}")], .resize(by: 5), nil, "five units more"),
        Binding(.steering, [.character("o")], .switchOperator, "operator", "scale activations or add to them"),
        Binding(.steering, [.character("e")], .preset(2), nil, "enhance: scale by 2"),
        Binding(.steering, [.character("i")], .preset(-1), nil, "invert: scale by −1"),
        Binding(.steering, [.character("0")], .remove, "β=0", "β = 0: scaling then removes the units"),
        Binding(.steering, [.character("=")], .resetToIdentity, "reset", "the β that changes nothing"),
        Binding(.steering, [.home], .slideToStart, nil, "the least β"),
        Binding(.steering, [.end], .slideToEnd, nil, "the greatest β"),
        Binding(.steering, [.character("r")], .switchRanking, nil, "take the units by the next ranking"),
        Binding(.steering, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(.steering, [.character("m")], .mark, "mark", "mark the intervention as a finding"),
        Binding(.steering, [.character("a")], .addIntervention, "add", "one more intervention"),
        Binding(.steering, [.enter, .character("c")], .showChanges, "changes", "what happened, image by image"),
        Binding(.steering, [.character("x")], .muteIntervention, "mute", "mute or unmute the intervention"),
        Binding(.steering, [.character("u")], .undoSteering, "undo", "undo the last change of a slider or set"),
        Binding(.steering, [.control("r")], .redoSteering, nil, "redo what was undone"),
        Binding(.steering, [.character(",")], .selectIntervention(by: -1), nil, "the intervention above"),
        Binding(.steering, [.character(".")], .selectIntervention(by: 1), nil, "the intervention below"),
        Binding(.steering, [.character("<")], .moveIntervention(by: -1), nil, "let it act one earlier"),
        Binding(.steering, [.character(">")], .moveIntervention(by: 1), nil, "let it act one later"),
        Binding(.steering, [.character("D"), .delete], .deleteIntervention, nil, "delete the intervention"),
        Binding(
            .steering, [.character("f")], .fit, "fit", "the β that does most for the class"),
        Binding(
            .steering, [.character("g")], .switchPrecision, nil, "count all images, or to within a point"),
        Binding(
            .steering, [.character("C")], .editWords, nil, "other classes and prompts, of a CLIP"
        ),
        Binding(.steering, [.character("w")], .writeSession, nil, "write the session to a file, for miclip replay"),
    ]

    static let changes = [
        Binding(.changes, [.up, .character("k")], .move(.up), "image", "the image or group above"),
        Binding(.changes, [.down, .character("j")], .move(.down), "image", "the image or group below"),
        Binding(.changes, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.changes, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.changes, [.home], .move(.first), nil, "to the first"),
        Binding(.changes, [.end, .character("G")], .move(.last), nil, "to the last"),
        Binding(
            .changes, [.left, .right, .character("h"), .character("l"), .tab], .nextPanel, "groups",
            "to the groups: turned wrong, right, by pair"),
        Binding(.changes, [.enter], .accept, nil, "to the images; from these back to the sliders"),
        Binding(.changes, [.escape, .character("c"), .character("q")], .cancel, "back", "back to the sliders"),
    ]

    static let words = [
        Binding(.words, [.enter], .accept, "count on these", "count on these classes"),
        Binding(.words, [.up], .move(.up), "line", "the line above"),
        Binding(.words, [.down], .move(.down), "line", "the line below"),
        Binding(.words, [.pageUp], .move(.pageUp), nil, "to the prompts"),
        Binding(.words, [.pageDown], .move(.pageDown), nil, "to the end"),
        Binding(.words, [.escape], .cancel, "cancel", "go back without changing them"),
    ]
}
