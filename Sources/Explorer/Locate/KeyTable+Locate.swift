/// Keys of the ranked units.
extension KeyTable {
    static let units = [
        Binding(.units, [.enter, .character("l"), .right], .enter, "profile", "go to the unit's profile"),
        Binding(.units, [.character("r")], .switchRanking, "ranking", "rank by the next ranking"),
        Binding(.units, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(
            .units, [.character("[")], .resize(by: -1), nil, "one unit fewer in the set to steer"),
        Binding(.units, [.character("]")], .resize(by: 1), nil, "one unit more in the set to steer"),
        Binding(.units, [.character("+")], .pick(true), "pick", "put the unit into the set picked by hand"),
        Binding(.units, [.character("-")], .pick(false), nil, "take it out of the set"),
        Binding(.units, [.character("g")], .steerUnit, "steer", "steer this unit, or the set it is in"),
        Binding(.units, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]
}
