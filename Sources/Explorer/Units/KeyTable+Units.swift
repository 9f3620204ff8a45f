/// Keys of the table of all units.
extension KeyTable {
    static let table = [
        Binding(.table, [.enter, .character("l"), .right], .enter, "profile", "go to the unit's profile"),
        Binding(.table, [.character("s")], .nextSort, "sort", "sort by the next column"),
        Binding(.table, [.character("S")], .reverseSort, "reverse", "reverse the order"),
        Binding(.table, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(
            .table, [.character("f")], .focusFilter, "filter",
            "units that match: boot 17 pearson>.3 ~bag"),
        Binding(.table, [.character("#")], .frequency, nil, "units counted by concept, class or category"),
        Binding(.table, [.character("e")], .export, nil, "write the units shown to a CSV"),
        Binding(.table, [.character("+")], .pick(true), "pick", "put the unit into the set picked by hand"),
        Binding(.table, [.character("-")], .pick(false), nil, "take it out of the set"),
        Binding(.table, [.character("g")], .steerUnit, "steer", "steer this unit, or the set it is in"),
        Binding(.table, [.character("m")], .mark, "mark", "mark the unit as a finding"),
        Binding(.table, [.character("c")], .chooseColumns, "columns", "choose the columns and their order"),
    ]
}
