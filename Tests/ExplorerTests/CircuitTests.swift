import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// A walk from a unit to those that it moves.
@Suite("What a unit moves")
struct CircuitTests {
    private static let later = LayerReference(model: "vit", layer: "blocks.8", pooling: "cls")

    private func circuit(_ unit: InternalUnit, in layers: [LayerReference] = [later], images: Int = 48) -> Circuit {
        Circuit(
            unit: unit, beta: 0, images: images, imagesInAll: 100,
            layers: layers.map { layer in
                Circuit.Layer(
                    reference: layer,
                    moved: (0..<3).map { place in
                        Circuit.Moved(
                            unit: InternalUnit(layer: layer.layer, index: 10 + place, pole: .positive),
                            concept: SampleStudy.concepts[place], change: -1.5 + Double(place) / 2, halfWidth: 0.75)
                    })
            })
    }

    private func asked(_ effects: [Effect]) -> (InternalUnit, Job)? {
        effects.lazy.compactMap { if case .circuit(let unit, let job) = $0 { (unit, job) } else { nil } }.first
    }

    @Test("W lists the units that move most, with concept and interval", arguments: [(80, 24), (120, 36), (200, 60)])
    func lists(columns: Int, rows: Int) throws {
        var player = Player.atWork(columns: columns, rows: rows) { $0.layers = SampleStudy.layers }
        let (unit, job) = try #require(asked(player.press(.character("W"))))
        #expect(unit == SampleStudy.units[0] && player.screen.contains("Running the model"))
        player.send(.circuit(circuit(unit, images: 8), isWhole: false, job))
        #expect(player.screen.contains("on 8 so far of"))
        player.send(.circuit(circuit(unit), isWhole: true, job))
        #expect(player.screen.contains("blocks.8") && player.screen.contains("10+"))
        #expect(player.screen.contains("−1.50 ± 0.75") && player.screen.contains("heel 0.80"))
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.escape)
        #expect(player.state.overlay == nil)
        // What was measured is not measured again.
        #expect(asked(player.press(.character("W"))) == nil && player.screen.contains("−1.50 ± 0.75"))
    }

    @Test("A layer's name stays above its units as they scroll, and the cursor is never under it")
    func heads() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        let (unit, job) = try #require(asked(player.press(.character("W"))))
        let layers = (0..<12).map { LayerReference(model: "vit", layer: "blocks.\($0)", pooling: "cls") }
        player.send(.circuit(circuit(unit, in: layers), isWhole: true, job))
        for key in Array(repeating: Key.down, count: 47) + Array(repeating: .up, count: 47) + [
            .pageDown, .pageUp, .end,
        ] {
            player.press(key)
            let lines = player.screen.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[4].contains("blocks."), "\(lines[4])")
            let cells = view(player.state, size: player.state.size).cells
            let papers = (4..<22).map { cells[$0 * 80 + 6].style.background }
            #expect(Set(papers).contains { paper in papers.count { $0 == paper } == 1 }, "one line is selected")
        }
    }

    @Test("Where no later layer is studied, L leads to the list where one is added")
    func addsLayer() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        let (unit, job) = try #require(asked(player.press(.character("W"))))
        player.send(.circuit(circuit(unit, in: [], images: 0), isWhole: true, job))
        #expect(player.screen.contains("L, then a, adds one"))
        player.press(.character("L"))
        guard case .layers = player.state.overlay else { return #expect(Bool(false), "the list is not up") }
        player.press(.character("a"))
        #expect(player.screen.contains("extract --layer"))
    }

    @Test("Enter follows a unit into its layer, Backspace comes back, Esc stays")
    func walks() throws {
        var player = Player.atWork(columns: 120, rows: 36) { $0.layers = SampleStudy.layers }
        let (unit, job) = try #require(asked(player.press(.character("W"))))
        player.send(.circuit(circuit(unit), isWhole: true, job))
        let opening = player.press(.down, .enter).compactMap { effect -> Job? in
            if case .chooseLayer(Self.later, let job) = effect { job } else { nil }
        }
        #expect(player.screen.contains("0+ → ") && player.screen.contains("Opening"))
        var facts = SampleStudy.facts
        (facts.layer, facts.layers) = ("blocks.8", SampleStudy.layers)
        let next: Job = try #require(opening.first)
        let (second, measuring) = try #require(asked(player.send(.opened(facts, next))))
        #expect(second == InternalUnit(layer: "blocks.8", index: 11, pole: .positive))
        player.send(.circuit(circuit(second, in: [], images: 0), isWhole: true, measuring))
        #expect(player.screen.contains("No later layer of vit is studied here"))
        #expect(
            player.press(.backspace).contains { effect in
                if case .chooseLayer(SampleStudy.facts.reference, _) = effect { true } else { false }
            })
        player.send(.opened(SampleStudy.facts))
        #expect(player.screen.contains("−1.50 ± 0.75"))
        player.press(.backspace)
        #expect(player.screen.contains("The walk began here"))
    }

    @Test("Esc stops measuring, and a late answer shows nothing")
    func stops() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        let (unit, job) = try #require(asked(player.press(.character("W"))))
        let cancelled = player.press(.escape).contains { if case .cancel(job) = $0 { true } else { false } }
        #expect(cancelled)
        player.send(.circuit(circuit(unit), isWhole: true, job))
        #expect(player.state.circuit.shown == nil)
        #expect(asked(player.press(.character("W"))) != nil, "measured anew")
    }
}
