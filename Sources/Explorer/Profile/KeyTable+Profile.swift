/// Keys of a unit's profile.
extension KeyTable {
    static let profile = [
        Binding(.profile, [.enter], .enter, "locate concept", "look for the units of this concept"),
        Binding(.profile, [.escape, .character("h"), .left], .previousPanel, "back", "back to the list"),
        Binding(.profile, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]
}
