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
        Binding(
            .sheet, [.character("i")], .locateImage, "units of it", "look for the units of this image, as of a concept"),
        Binding(.sheet, [.escape, .character("v"), .character("q")], .cancel, "back", "back"),
    ]

    static let enlarged = [
        Binding(.enlarged, [.left, .character("h")], .cover(-1, 0), "cover", "cover the place to the left"),
        Binding(.enlarged, [.right, .character("l")], .cover(1, 0), "cover", "cover the place to the right"),
        Binding(.enlarged, [.up, .character("k")], .cover(0, -1), "cover", "cover the place above"),
        Binding(.enlarged, [.down, .character("j")], .cover(0, 1), "cover", "cover the place below"),
        Binding(.enlarged, [.character("c")], .switchFilling, "filling", "cover with grey, a blur or the mean colour"),
        Binding(.enlarged, [.character("p")], .switchHeat, "heat", "where in the image the unit is active"),
        Binding(
            .enlarged, [.character("i")], .locateImage, "units of it",
            "look for the units of this image, as of a concept"),
        Binding(.enlarged, [.character(",")], .move(.pageUp), "image", "the image to the left"),
        Binding(.enlarged, [.character(".")], .move(.pageDown), "image", "the image to the right"),
        Binding(.enlarged, [.pageUp], .move(.up), nil, "more active images"),
        Binding(.enlarged, [.pageDown], .move(.down), nil, "less active images"),
        Binding(.enlarged, [.escape, .character("v"), .character("q")], .cancel, "back", "uncover; then back"),
        Binding(.enlarged, [.enter, .character(" ")], .accept, "all", "back to the contact sheet"),
    ]
}
