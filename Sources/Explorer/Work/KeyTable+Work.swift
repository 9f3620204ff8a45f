/// Keys of the panel of long work, and of its field.
extension KeyTable {
    static let work = [
        Binding(.work, [.enter], .accept, "begin", "begin what is offered; go on with what stopped"),
        Binding(.work, [.character("a")], .typeWork, "type", "type what is to be done"),
        Binding(.work, [.character("O")], .makeStudy, nil, "make a study of images and a model, or open one"),
        Binding(.work, [.character("E")], .evaluate, nil, "every table of the layer, with its controls"),
        Binding(.work, [.character("L")], .chooseLayer, nil, "to a layer of the study"),
        Binding(.work, [.character("x")], .stopWork, "stop", "stop it; what is finished is kept"),
        Binding(.work, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.work, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.work, [.escape], .cancel, "stop", "stop what runs. Else close"),
        Binding(.work, [.character("B"), .character("q")], .work, "close", "close; it goes on out of sight"),
    ]

    static let typingWork = [
        Binding(.typingWork, [.enter], .accept, "begin", "begin it"),
        Binding(.typingWork, [.escape], .cancel, "back", "back to the list"),
    ]
}
