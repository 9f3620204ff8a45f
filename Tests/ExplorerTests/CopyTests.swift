import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// What y copies.
@Suite("Copying")
struct CopyTests {
    private let place = "--study wardrobe --model vit --layer norm:cls"

    private func copied(_ effects: [Effect]) -> String? {
        effects.lazy.compactMap { if case .copy(let text) = $0 { text } else { nil } }.first
    }

    @Test(
        "y y copies the unit, y 2 its row, y 3 the command of its score", arguments: [(80, 24), (120, 36), (200, 60)])
    func unit(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        player.press(.down)
        player.press(.character("y"))
        #expect(player.screen.contains("1  unit") && player.screen.contains("norm:0-"))
        #expect(copied(player.press(.character("y"))) == "norm:0-")
        #expect(player.screen.contains("Copied to the terminal's clipboard: norm:0-"))
        player.press(.character("y"))
        #expect(copied(player.press(.character("2"))) == "boot\t2\tnorm:0-\t\(0.96 - 0.04 * Float(1))")
        player.press(.character("y"))
        #expect(
            copied(player.press(.character("3"))) == "miclip locate boot --ranking rivals --top 2 \(place)")
        player.press(.character("y"))
        #expect(copied(player.press(.character("4"))) == "miclip describe norm:0- \(place)")
    }

    @Test("On Steer the command counts the very units, read on the class")
    func steering() {
        var player = Player.atWork(screen: .steer)
        for _ in 0..<20 { player.press(.right) }
        player.answer()
        player.press(.character("y"))
        let names = SampleStudy.units.prefix(10).map(\.description).joined(separator: ",")
        #expect(
            copied(player.press(.character("3")))
                == "miclip intervene --units \(names) --scale 2.0 --class boot \(place)")
    }

    @Test("Esc copies nothing; a row of Units has its figures")
    func table() {
        var player = Player.atWork(screen: .units)
        player.press(.character("y"))
        #expect(copied(player.press(.escape)) == nil && player.state.overlay == nil)
        player.press(.character("y"))
        let row = copied(player.press(.down, .enter))
        #expect(row?.split(separator: "\t").prefix(2) == ["norm:0+", "heel"], "\(row ?? "")")
    }

    @Test("Several interventions act in their order; what a shell would read is quoted")
    func commands() {
        let line = FigureCommand(
            study: "it's a study", layer: LayerReference(model: "vit", layer: "norm", pooling: "cls", reader: .probe))
        let steering = Steering(
            [
                Intervention(units: [SampleStudy.units[0]], operator: .scaling, beta: 0.5),
                Intervention(units: Array(SampleStudy.units[2...3]), operator: .adding, beta: -1),
                Intervention(units: [], operator: .scaling, beta: 0),
            ], moving: 1)
        let target = ConceptClass(index: 0, name: "ankle boot", origin: .name)
        #expect(
            line.intervene(steering, target)
                == "miclip intervene --units norm:0+ --scale 0.5 --and 'norm:1+ norm:1-:-1.0:2' --class 'ankle boot' "
                + "--study 'it'\\''s a study' --model vit --layer norm:cls --probe-head")
        #expect(line.intervene(Steering([steering.interventions[2]], moving: 0), target) == nil)
    }
}
