/// Keys of the ranked units.
extension KeyTable {
    static let units = [
        Binding(.units, [.enter, .character("l"), .right], .enter, "profile", "go to the unit's profile"),
        Binding(.units, [.character("r")], .switchRanking, "ranking", "rank by the next ranking"),
        Binding(.units, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(
            .units, [.character("["), .character("-")], .resize(by: -1), nil, "one unit fewer in the set to steer"),
        Binding(.units, [.character("]"), .character("+")], .resize(by: 1), nil, "one unit more in the set to steer"),
        Binding(.units, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]
}
