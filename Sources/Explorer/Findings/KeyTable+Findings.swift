/// Keys of what was marked, and of its dialogs.
extension KeyTable {
    static let findings = [
        Binding(.findings, [.enter, .character("a")], .applyFinding, "apply", "go to the unit, or steer so again"),
        Binding(.findings, [.character("n")], .editNote, "note", "write the finding's note"),
        Binding(.findings, [.character("e")], .export, "export", "write the findings to a file"),
        Binding(.findings, [.character("D"), .delete], .delete, "delete", "delete the finding"),
        Binding(.findings, [.character("u")], .undoDelete, "undo", "bring back what was deleted last"),
    ]

    static let note = [
        Binding(.note, [.enter], .accept, "keep", "keep it with this note"),
        Binding(.note, [.escape], .cancel, "cancel", "go back without keeping it"),
    ]

    static let exporting = [
        Binding(.exporting, [.enter], .accept, "write", "write the file"),
        Binding(.exporting, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.exporting, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.exporting, [.character("1")], .exportAs(0), nil, "JSON"),
        Binding(.exporting, [.character("2")], .exportAs(1), nil, "CSV"),
        Binding(.exporting, [.character("3")], .exportAs(2), nil, "Markdown"),
        Binding(.exporting, [.escape, .character("q")], .cancel, "cancel", "go back"),
    ]
}
