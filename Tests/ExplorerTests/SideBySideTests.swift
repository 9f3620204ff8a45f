import Analysis
import Explorer
import Foundation
import ScriptedExplorer
import Testing

/// Two concepts, and two layers, beside each other.
@Suite("Side by side")
struct SideBySideTests {
    private static let sizes = [(80, 24), (120, 36), (200, 60)]

    private func expectFits(_ player: Player, _ columns: Int) {
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
    }

    @Test("X and Enter set the concept before beside the one at hand; what both share is marked", arguments: sizes)
    func concepts(columns: Int, rows: Int) throws {
        var player = Player.atWork(columns: columns, rows: rows)
        player.press(.character("/"))
        player.type("sandal")
        player.answer()
        player.press(.enter)
        player.answer()
        player.press(.character("X"))
        #expect(player.screen.contains("Beside “sandal”"))
        let effects = player.press(.enter)
        #expect(effects.contains { if case .locate("boot", .rivals, .neuron, _) = $0 { true } else { false } })
        #expect(player.screen.contains("Looking for the units of both…"))
        player.answer()
        #expect(player.screen.contains("units shared (=)") && player.screen.contains("at random"))
        let marks = player.screen.split(separator: "\n").map { $0.components(separatedBy: "= ").count - 1 }
        #expect(marks.max() == 2, "every unit of the sample's lists is in both")
        expectFits(player, columns)
        // Down in the second's list, to its unit.
        let wanted = SampleStudy.found("boot").units[1].unit
        player.press(.right, .down, .enter)
        #expect(player.state.overlay == nil && player.state.screen == .units)
        player.answer()
        #expect(player.state.units.selected?.unit == wanted)
    }

    @Test("What is typed comes before what fits it; Esc goes back to the choice, then away")
    func typing() throws {
        var player = Player.atWork()
        player.press(.character("X"))
        player.type("ba")
        player.press(.enter)
        player.answer()
        guard case .concepts(let place) = player.state.overlay else { return #expect(Bool(false), "it is up") }
        #expect(place.other == "ba")
        player.press(.character("r"))
        #expect(player.state.ranking == .contribution, "both are ranked anew")
        player.answer()
        #expect(player.screen.contains("by contribution: "))
        player.press(.escape)
        #expect(player.screen.contains("Beside “boot”"))
        player.press(.escape)
        #expect(player.state.overlay == nil)
        player.press(.character("X"), .down, .enter)
        guard case .locate(let concept, _, _, let job) = player.effects.last else {
            return #expect(Bool(false), "it asks")
        }
        player.send(.failed("no unit norm:900", job))
        #expect(player.screen.contains("no unit norm:900") && player.screen.contains(concept), "the choice is back")
    }

    @Test("c in the list of layers compares; lines lead to units of either layer", arguments: sizes)
    func layers(columns: Int, rows: Int) throws {
        var player = Player.atWork(columns: columns, rows: rows) { $0.layers = SampleStudy.layers }
        player.press(.character("L"), .character("c"))
        #expect(player.screen.contains("That is the layer on show"))
        let other = try #require(
            SampleStudy.layers.last { $0.isComplete && $0.reference != SampleStudy.facts.reference })
        let place = try #require(SampleStudy.layers.firstIndex(of: other))
        let own = try #require(SampleStudy.layers.firstIndex { $0.reference == SampleStudy.facts.reference.place })
        for _ in 0..<abs(place - own) { player.press(place > own ? .down : .up) }
        guard case .compareLayers(other.reference, .neuron, let job) = player.press(.character("c")).first else {
            return #expect(Bool(false), "it asks for the comparison")
        }
        #expect(player.screen.contains("Comparing… Esc stops"))
        player.send(.comparingLayers(WorkProgress(phase: .alignment, completed: 3, total: 9), job))
        #expect(player.screen.contains("3 of 9"))
        player.send(
            .comparedLayers(SampleStudy.comparison(with: other.reference), job))
        expectFits(player, columns)
        let lines = player.screen.split(separator: "\n").map(String.init)
        let pair = try #require(lines.firstIndex { $0.contains("+0.930") })
        #expect(lines[pair + 1].contains("−0.700"), "the most alike first")
        let gained = try #require(lines.firstIndex { $0.contains("gained  sleeve") || $0.contains("gained ") })
        #expect(lines[gained].contains("– ") && lines[gained].contains("+ 1") || columns == 80)
        let wanted = InternalUnit(layer: "norm", index: 0, pole: .positive)
        var here = player
        #expect(here.state.comparedUnit != nil, "the cursor begins where Enter leads on")
        for _ in 0..<30 where here.state.comparedUnit != wanted { here.press(.down) }
        #expect(here.state.comparedUnit == wanted, "the first pair, by the layer on show")
        var there = here
        here.press(.enter)
        #expect(here.state.overlay == nil && here.state.screen == .units && here.state.layers.wanted == nil)
        here.answer()
        here.press(.backspace)
        #expect(here.state.comparedUnit == wanted, "Backspace brings the comparison back, where it was left")
        here.press(.escape, .wordRight)
        #expect(here.state.overlay == nil && here.state.screen == .units)
        there.press(.right, .enter)
        #expect(there.state.layers.wanted == other.reference && there.state.screen == .units)
        func open(_ reference: LayerReference, _ effects: [Effect]) {
            let jobs = effects.compactMap { if case .chooseLayer(reference, let job) = $0 { job } else { nil } }
            #expect(jobs.count == 1, "it opens the layer")
            var facts = SampleStudy.facts
            (facts.model, facts.layer, facts.pooling) = (reference.model, reference.layer, reference.pooling)
            facts.layers = SampleStudy.layers
            there.send(.opened(facts, jobs.first))
        }
        open(other.reference, there.effects)
        there.answer()
        open(SampleStudy.facts.reference, there.press(.backspace))
        #expect(there.state.comparedUnit?.layer == other.reference.layer, "from another layer too")
        player.press(.escape)
        #expect(player.state.overlay == nil)
    }

    @Test("Of long lists the columns' names stay above them")
    func heads() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        player.press(.character("L"), .down, .character("c"))
        guard case .compareLayers(let other, _, let job) = player.effects.first else {
            return #expect(Bool(false), "it runs")
        }
        let found = SampleStudy.comparison(with: other)
        let pairs = (0..<60).map { UnitMatch(first: $0, second: $0, correlation: 0.9) }
        let moves = (0..<60).map { _ in found.moves[1] }
        player.send(
            .comparedLayers(ComparedLayers(units: .neuron, sections: found.sections, pairs: pairs, moves: moves), job))
        let head = "  unit of vit norm"
        #expect(player.screen.contains(head))
        for _ in 0..<40 { player.press(.down) }
        #expect(player.screen.contains(head) && player.screen.contains("+0.900"))
        player.press(.end)
        let columns = player.screen.split(separator: "\n").first { $0.contains("strength") } ?? ""
        #expect(columns.contains("concept") && columns.contains("vit norm") && columns.contains("vit blocks.8"))
        #expect(player.screen.contains("gained") && !player.screen.contains(head))
    }

    @Test("Esc stops a comparison and Enter goes on; another Esc puts it away")
    func stopping() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        player.press(.character("L"), .down, .character("c"))
        guard case .compareLayers(_, _, let job) = player.effects.first else { return #expect(Bool(false), "it runs") }
        #expect(player.press(.escape) == [.cancel(job)])
        #expect(player.screen.contains("Stopped. Enter goes on"))
        player.send(.comparingLayers(WorkProgress(phase: .alignment, completed: 3, total: 9), job))
        #expect(!player.screen.contains("3 of 9"), "what was on its way counts no more")
        guard case .compareLayers(_, _, let second) = player.press(.enter).first else {
            return #expect(Bool(false), "it goes on")
        }
        #expect(second != job)
        player.press(.escape, .escape)
        #expect(player.state.overlay == nil)
    }
}
