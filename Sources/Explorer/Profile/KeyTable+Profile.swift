/// Keys of a unit's profile.
extension KeyTable {
    static let profile = [
        Binding(.profile, [.enter], .enter, "locate concept", "look for the units of this concept"),
        Binding(.profile, [.escape, .character("h"), .left], .previousPanel, "back", "back to the list"),
        Binding(.profile, [.character("+")], .pick(true), nil, "put the unit into the set picked by hand"),
        Binding(.profile, [.character("-")], .pick(false), nil, "take it out of the set"),
        Binding(.profile, [.character("g")], .steerUnit, "steer", "steer this unit, or the set it is in"),
        Binding(.profile, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]

    static let sheet = [
        Binding(.sheet, [.left, .character("h")], .move(.pageUp), "image", "the image to the left"),
        Binding(.sheet, [.right, .character("l")], .move(.pageDown), "image", "the image to the right"),
        Binding(.sheet, [.up, .character("k")], .move(.up), "part", "more active images"),
        Binding(.sheet, [.down, .character("j")], .move(.down), "part", "less active images"),
        Binding(.sheet, [.home], .move(.first), nil, "the first of the line"),
        Binding(.sheet, [.end], .move(.last), nil, "the last of the line"),
        Binding(.sheet, [.enter, .character(" ")], .accept, "enlarge", "as large as the screen, and back"),
        Binding(.sheet, [.character("p")], .switchHeat, "heat", "where in the images the unit is active"),
        Binding(.sheet, [.escape, .character("v"), .character("q")], .cancel, "back", "back"),
    ]
}
