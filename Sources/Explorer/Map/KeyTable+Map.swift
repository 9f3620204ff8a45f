/// Keys of the map.
extension KeyTable {
    static let map = [
        Binding(.map, [.enter], .enter, "profile", "go to the unit's profile"),
        Binding(.map, [.left, .character("h")], .nearestUnit(-1, 0), "unit", "the nearest unit to the left"),
        Binding(.map, [.right, .character("l")], .nearestUnit(1, 0), "unit", "the nearest unit to the right"),
        Binding(.map, [.up, .character("k")], .nearestUnit(0, -1), "unit", "the nearest unit above"),
        Binding(.map, [.down, .character("j")], .nearestUnit(0, 1), "unit", "the nearest unit below"),
        Binding(.map, [.character("z")], .zoomMap(1), "zoom", "zoom in on the unit"),
        Binding(.map, [.character("Z")], .zoomMap(-1), "zoom", "zoom out"),
        Binding(.map, [.character("=")], .wholeMap, nil, "the whole map"),
        Binding(.map, [.character("/")], .searchMap, "search", "light up units by concept, class or name"),
        Binding(.map, [.character("c")], .switchColoring, "colour", "colour by super-category or by class"),
        Binding(.map, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(.map, [.character("n")], .nextOfGroup(1), nil, "the next unit found, or of this colour"),
        Binding(.map, [.character("N")], .nextOfGroup(-1), nil, "the one before"),
        Binding(.map, [.shiftLeft, .character("(")], .panMap(-1, 0), nil, "move the window left"),
        Binding(.map, [.shiftRight, .character(")")], .panMap(1, 0), nil, "move the window right"),
        Binding(.map, [.character("K")], .panMap(0, -1), nil, "move the window up"),
        Binding(.map, [.character("J")], .panMap(0, 1), nil, "move the window down"),
        Binding(.map, [.character("+")], .pick(true), nil, "put the unit into the set picked by hand"),
        Binding(.map, [.character("-")], .pick(false), nil, "take it out of the set"),
        Binding(.map, [.character("g")], .steerUnit, "steer", "steer this unit, or the set it is in"),
        Binding(.map, [.character("m")], .mark, "mark", "mark the unit as a finding"),
        Binding(.map, [.character("r")], .mapAgain, nil, "lay the units out again, where it was stopped"),
    ]
}
