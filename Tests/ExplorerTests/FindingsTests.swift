import Analysis
import Explorer
import Testing

@Suite("Findings")
struct FindingsTests {
    @Test("m asks for a note; Enter keeps the unit with its concepts")
    func markingAUnit() {
        var player = Player.atWork()
        #expect(player.press(.character("m")).isEmpty)
        player.type("quiet 1")
        let unit = SampleStudy.units[0]
        let description = UnitDescription(
            unit: unit, concepts: SampleStudy.concepts, quality: SampleStudy.qualities[unit])
        #expect(player.press(.enter) == [.store(.unit(description), of: SampleStudy.facts.reference, note: "quiet 1")])
        #expect(player.state.overlay == nil)
    }

    @Test("Esc in the note keeps nothing")
    func changingOnesMind() {
        var player = Player.atWork()
        player.press(.character("m"))
        player.type("x")
        #expect(player.press(.escape).isEmpty)
        #expect(player.state.overlay == nil)
    }

    @Test("On the steering screen m keeps the intervention with its outcome")
    func markingAnIntervention() {
        var player = Player.atWork(screen: .steer)
        for _ in 0..<20 { player.press(.right) }
        player.press(.character("m"))
        let found = SampleStudy.found("boot")
        let intervention = Intervention(units: Array(SampleStudy.units.prefix(10)), operator: .scaling, beta: 2)
        #expect(
            player.press(.enter) == [
                .store(
                    .intervention(concept: "boot", target: found.target, intervention, SampleStudy.outcome),
                    of: SampleStudy.facts.reference, note: "")
            ])
    }

    @Test("A deleted finding comes back with u")
    func undo() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        #expect(player.press(.character("D")) == [.deleteFinding(id: 1)])
        player.send(.findings([SampleStudy.findings[1]]))
        #expect(player.press(.character("u")) == [.restoreFinding(SampleStudy.findings[0])])
        #expect(player.press(.character("u")).isEmpty, "there is nothing more to bring back")
    }

    @Test("A note is edited where it stands")
    func editingANote() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("n"), .control("w"))
        player.type("sole")
        #expect(player.press(.enter) == [.setNote(id: 1, "the heel, not the sole")])
    }

    @Test("Export offers three formats", arguments: [(0, ExportFormat.json), (1, .csv), (2, .markdown)])
    func export(downs: Int, format: ExportFormat) {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("e"))
        for _ in 0..<downs { player.press(.down) }
        #expect(player.press(.enter) == [.export(format)])
        player.send(.exported(path: "findings.\(format.fileExtension)", findings: 2))
        #expect(player.screen.hasSuffix("2 findings written to findings.\(format.fileExtension)"))
    }

    @Test("Without findings there is nothing to export")
    func nothingToExport() {
        var player = Player.atWork(screen: .findings)
        #expect(player.press(.character("e")).isEmpty)
        #expect(player.state.overlay == nil)
    }
}
