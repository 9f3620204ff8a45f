import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Searching the map")
struct MapSearchTests {
    @Test(
        "/ lights up what is found; Enter goes there, n to the next, Esc lets go",
        arguments: [(80, 24), (120, 36), (200, 60)])
    func search(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows, screen: .map)
        player.press(.character("/"))
        player.type("sole")
        #expect(player.screen.contains("4 of 24 units lit") && player.screen.contains("◆"))
        player.press(.enter)
        #expect(player.state.map.selectedPoint?.concept.concept == "sole")
        let first = player.state.map.selectedPoint?.unit
        player.press(.character("n"))
        #expect(
            player.state.map.selectedPoint?.concept.concept == "sole" && player.state.map.selectedPoint?.unit != first)
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.escape)
        #expect(player.state.map.search == nil && !player.screen.contains("◆"))
        player.press(.character("/"))
        player.type("no such thing")
        #expect(player.screen.contains("0 of 24 units lit"))
        player.press(.escape)
        #expect(player.state.map.search == nil)
    }

    @Test("Where many points are in sight, regions are named by their group, or nearer by their concept")
    func regions() {
        var player = Player.atWork(columns: 120, rows: 36)
        var map = SampleStudy.map
        let units = (0..<400).map { InternalUnit(layer: "norm", index: $0, pole: .positive) }
        map.points = units.map { unit in
            UnitMap.Point(
                unit: unit, x: Float(unit.index % 20), y: Float(unit.index / 20),
                concept: RankedConcept(concept: unit.index % 20 < 10 ? "lace" : "welt", score: 0.5),
                category: unit.index % 20 < 10 ? 0 : 1, class: 0)
        }
        for case .map(_, let job) in player.press(.character("5")) { player.send(.mapped(map, nil, job)) }
        #expect(player.screen.contains(" lace ") && player.screen.contains(" welt "))
        var found = player
        found.press(.character("/"))
        found.type("wel")
        #expect(found.screen.contains("200 of 400 units lit"))
        #expect(found.screen.contains(" welt "), "what is lit up is not written over the name, nor it over that")
        // Where every unit has a concept of its own, the groups name the regions.
        for place in map.points.indices { map.points[place].concept.concept = "concept \(place)" }
        for case .map(_, let job) in player.press(.character("r")) { player.send(.mapped(map, nil, job)) }
        for name in map.categories { #expect(player.screen.contains(" \(name) ")) }
    }

    @Test(
        "The silhouette is said in words",
        arguments: [
            (0.6, 0.001, "well parted"), (0.3, 0.001, "parted"), (0.15, 0.01, "weakly parted"), (0.02, 0.04, "barely"),
            (-0.04, 0.04, "overlapping, yet less than by chance"),
            (0.6, 0.2, "no more grouped than by chance"),
        ])
    func silhouette(score: Float, p: Double, words: String) {
        var player = Player.atWork(columns: 200, rows: 60)
        var map = SampleStudy.map
        map.categorySilhouette?.score = Double(score)
        map.categorySilhouette?.pValue = p
        for case .map(_, let job) in player.press(.character("5")) { player.send(.mapped(map, nil, job)) }
        #expect(player.screen.contains(words))
    }
}
