/// Keys of the form of a new study, and of the screen without one.
extension KeyTable {
    static let newStudy = [
        Binding(.newStudy, [.enter], .accept, "make it", "make the study, beside all else"),
        Binding(.newStudy, [.tab], .complete, "complete", "complete the path; again for the next"),
        Binding(.newStudy, [.up, .backTab], .move(.up), "field", "the field above"),
        Binding(.newStudy, [.down], .move(.down), "field", "the field below"),
        Binding(.newStudy, [.control("p")], .recall(1), "earlier", "what it was in an earlier study"),
        Binding(.newStudy, [.control("n")], .recall(-1), nil, "what it was in a later study"),
        Binding(.newStudy, [.escape], .cancel, "back", "back; what is typed stays"),
    ]

    static let withoutStudy = [
        Binding(.withoutStudy, [.character("O"), .enter], .makeStudy, "make a study", "make a study"),
        Binding(.withoutStudy, [.character("B")], .work, "long work", "what runs"),
        Binding(.withoutStudy, [.character("q"), .escape], .quit, "quit", "quit"),
    ]
}
