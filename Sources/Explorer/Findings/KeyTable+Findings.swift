/// Keys of what was marked, and of its dialogs.
extension KeyTable {
    static let findings = [
        Binding(.findings, [.enter, .character("a")], .applyFinding, "go to", "go to the unit, or steer so again"),
        Binding(.findings, [.character("n")], .editNote, "note", "write the note; words with # are its tags"),
        Binding(.findings, [.character("f")], .focusFilter, "filter", "findings that match: boot #check ~bag"),
        Binding(.findings, [.character("s")], .nextFindingOrder, nil, "by the next order"),
        Binding(.findings, [.character("S")], .reverseSort, nil, "reverse the order"),
        Binding(.findings, [.character("e")], .export, "export", "write the findings shown to a file"),
        Binding(.findings, [.character("D"), .delete], .delete, "delete", "delete the finding"),
        Binding(.findings, [.character("u")], .undoDelete, "undo", "bring back what was deleted last"),
    ]

    static let note = [
        Binding(.note, [.enter], .accept, "keep", "keep it with this note"),
        Binding(.note, [.escape], .cancel, "cancel", "go back without keeping it"),
    ]

    static let exporting = [
        Binding(.naming, [.enter], .accept, "write", "write the file; never over another one"),
        Binding(.naming, [.escape], .cancel, "cancel", "write nothing"),
        Binding(.exporting, [.enter], .accept, "write", "write the file"),
        Binding(.exporting, [.up], .move(.up), "format", "the format above"),
        Binding(.exporting, [.down], .move(.down), "format", "the format below"),
        Binding(.exporting, [.escape], .cancel, "cancel", "write nothing"),
    ]
}
