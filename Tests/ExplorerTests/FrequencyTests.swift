import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Units counted")
struct FrequencyTests {
    @Test(
        "# counts the units shown by concept, Tab by class; Enter filters", arguments: [(80, 24), (120, 36), (200, 60)])
    func counts(columns: Int, rows: Int) throws {
        var player = Player.atWork(columns: columns, rows: rows, screen: .units)
        player.press(.character("#"))
        #expect(player.screen.contains("Units by best concept") && player.screen.contains("6 concepts"))
        guard case .frequency(let place) = player.state.overlay else { return #expect(Bool(false), "no list") }
        #expect(place.lines.map(\.count) == [4, 4, 4, 4, 4, 4], "24 units, six concepts in turn")
        player.press(.tab)
        #expect(player.screen.contains("class they depart most on"))
        guard case .frequency(let byClass) = player.state.overlay else { return #expect(Bool(false), "no list") }
        #expect(byClass.lines.map(\.name) == ["boot"] && byClass.lines.map(\.count) == [22])
        #expect(byClass.without == 2, "two poles are dead")
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.tab)
        #expect(player.screen.contains("Looking up what kind each concept is of"))
        player.answer()
        #expect(player.screen.contains("by super-category of their concept"))
        guard case .frequency(let byCategory) = player.state.overlay else { return #expect(Bool(false), "no list") }
        #expect(byCategory.lines.reduce(byCategory.without) { $0 + $1.count } == 24, "each unit once")
        #expect(!byCategory.lines.isEmpty)
        player.press(.tab, .enter)
        #expect(player.state.units.filter.text == place.lines[0].name && player.state.units.shown.count == 4)
    }

    @Test("Enter on a class or a category filters by it, as typed words do")
    func groups() throws {
        var player = Player.atWork(columns: 120, rows: 36, screen: .units)
        player.press(.character("#"), .tab, .enter)
        #expect(player.state.units.filter.text == "class:boot" && player.state.units.shown.count == 22)
        player.press(.character("#"), .tab, .tab)
        player.answer()
        guard case .frequency(let place) = player.state.overlay else { return #expect(Bool(false), "no list") }
        let line = try #require(place.lines.first)
        player.press(.enter)
        #expect(player.state.units.filter.text == "category:\(line.name)")
        #expect(player.state.units.shown.count == line.count)
        player.press(.character("f"))
        player.type("~class:bo")
        player.answer()
        #expect(player.state.units.shown.count == 2, "those that have none, by the beginning of a name")
        // Typed before any map was asked for.
        var other = Player.atWork(screen: .units)
        other.press(.character("f"))
        #expect(
            other.type("category:\(line.name)").contains { if case .map = $0 { true } else { false } },
            "the map knows the categories")
        #expect(other.state.units.shown.isEmpty && other.screen.contains("Looking up what kind each concept is of"))
    }

    @Test("e writes the units that are shown, in their order")
    func saves() {
        var player = Player.atWork(screen: .units)
        player.press(.character("f"))
        player.type("sole")
        player.press(.enter)
        player.press(.character("S"))
        #expect(player.press(.character("e"), .escape).isEmpty, "nothing is written before the name is known")
        player.press(.character("e"))
        #expect(player.screen.contains("File units") && player.screen.contains(".csv"))
        #expect(player.screen.contains("Enter write"), "the keys of the question, and nothing about findings")
        let wanted = FileToWrite.units(player.state.units.shown.map(\.unit), .neuron)
        #expect(player.press(.enter) == [.write(wanted, name: "units")])
        player.press(.character("e"))
        player.type("soles.csv")
        #expect(player.press(.enter) == [.write(wanted, name: "soles")])
        player.send(.wroteTable(path: "units.csv", units: 4))
        #expect(player.screen.contains("4 units written to units.csv"))
    }
}
