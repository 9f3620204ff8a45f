import Analysis
import Explorer
import ScriptedExplorer
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
        #expect(
            player.press(.enter) == [
                .store(
                    .unit(description), of: SampleStudy.facts.reference,
                    by: Search(concept: "boot", rankings: [.standard]), note: "quiet 1")
            ])
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
                    of: SampleStudy.facts.reference, by: Search(rankings: [.standard]), note: "")
            ])
    }

    @Test("A deleted finding comes back with u")
    func undo() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        #expect(player.press(.character("D")) == [.deleteFinding(id: 1)])
        player.send(.findings([SampleStudy.findings[1]], deleted: 1, after: .deleted(SampleStudy.findings[0].subject)))
        #expect(player.screen.contains("u brings it back"))
        #expect(player.press(.character("u")) == [.restoreFinding])
        player.send(.findings(SampleStudy.findings, after: .restored(SampleStudy.findings[0].subject)))
        #expect(player.screen.contains("Brought back"))
        player.send(.findings(SampleStudy.findings, after: .nothingToRestore))
        #expect(player.screen.contains("Nothing was deleted"))
    }

    @Test("What was deleted at an earlier start is offered, and comes back with u")
    func laterUndo() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings([], deleted: 2))
        #expect(player.screen.contains("u brings back what was deleted"))
        player.send(.findings([SampleStudy.findings[1]], deleted: 2))
        #expect(player.screen.contains("1 kept, 2 deleted") && player.screen.contains("u undo"))
        #expect(player.press(.character("u")) == [.restoreFinding])
    }

    @Test("What could not be kept says so instead of Kept, and its note is asked for again")
    func fullDisk() {
        var player = Player.atWork()
        player.press(.character("m"))
        player.type("quiet 1")
        let asked = player.press(.enter)
        #expect(!player.screen.contains("Kept"))
        guard case .store(let subject, _, let search, _) = asked.first else {
            Issue.record("nothing was to be kept: \(asked)")
            return
        }
        player.send(.notKept(.new(subject, by: search), note: "quiet 1", "study.sqlite: the disk is full"))
        #expect(player.screen.contains("Could not be kept: study.sqlite: the disk is full"))
        #expect(player.state.overlay == .note(TextField("quiet 1"), .new(subject, by: search)))
        #expect(player.press(.enter) == asked, "kept once there is room")
        player.send(.findings(SampleStudy.findings, after: .kept(subject)))
        #expect(player.screen.contains("Kept unit"))
    }

    @Test("A note that could not be kept waits while something else is open")
    func unkeptBehindAnOverlay() {
        var player = Player.atWork()
        player.press(.character("?"))
        player.send(.notKept(.existing(id: 1), note: "late", "the disk is full"))
        guard case .help = player.state.overlay else {
            Issue.record("the help is gone")
            return
        }
        player.press(.escape)
        #expect(player.state.overlay == .note(TextField("late"), .existing(id: 1)))
    }

    @Test("A note is edited where it stands")
    func editingANote() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("n"), .control("w"))
        player.type("sole")
        #expect(player.press(.enter) == [.setNote(id: 1, "the heel, not the sole")])
    }

    @Test(
        "Export asks for a format and a name, the default shown",
        arguments: [(0, ExportFormat.markdown), (1, .html), (2, .csv), (3, .json)])
    func export(downs: Int, format: ExportFormat) {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("e"))
        for _ in 0..<downs { player.press(.down) }
        #expect(player.screen.contains("File findings") && player.screen.contains(".\(format.fileExtension) "))
        #expect(player.press(.enter) == [.export(format, name: "findings", [1, 2])])
        player.send(.exported(path: "findings.\(format.fileExtension)", findings: 2))
        #expect(player.screen.hasSuffix("2 findings written to findings.\(format.fileExtension)"))
    }

    @Test("A name typed in its place is the file's; its own ending does not stand twice; Esc writes nothing")
    func exportName() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("e"))
        player.type("jq 1.md")
        #expect(player.press(.enter) == [.export(.markdown, name: "jq 1", [1, 2])])
        player.press(.character("e"))
        player.type("x")
        #expect(player.press(.escape).isEmpty && player.state.overlay == nil)
    }

    @Test("The filter takes words, tags and what is to be left out; what is not shown is not exported")
    func filter() {
        var player = Player.atWork(screen: .findings)
        var all = SampleStudy.findings
        all[1].note = "the #Sole and more"
        player.send(.findings(all))
        func ids(_ text: String) -> [Int64] {
            player.press(.character("f"))
            player.type(text)
            player.press(.enter)
            player.press(.character("e"))
            defer { player.press(.escape) }
            return player.press(.enter).compactMap { if case .export(_, _, let ids) = $0 { ids } else { nil } }.flatMap(
                \.self)
        }
        #expect(ids("#so") == [2])
        #expect(ids("boot") == [1, 2], "a concept of the unit, and the class of the intervention")
        #expect(ids("~#sole") == [1])
        #expect(ids("heel unit") == [1], "the concept it is described by, and what it is")
        #expect(ids("nothing") == [])
        #expect(player.screen.contains("No finding matches"))
        player.press(.character("f"), .control("u"), .escape)
        #expect(player.screen.contains("kept") && player.state.findings.shown == [0, 1])
    }

    @Test("s orders by the next order, S turns it round; the cursor's finding is the one deleted")
    func order() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.character("s"))
        #expect(player.state.findings.shown == [1, 0], "the greatest change first, units last")
        #expect(player.screen.contains("by ∆Acc, largest first"))
        #expect(player.press(.character("D")) == [.deleteFinding(id: 2)])
        player.press(.character("S"))
        #expect(player.state.findings.shown == [0, 1])
        for _ in FindingOrder.allCases { player.press(.character("s")) }
        #expect(player.state.findings.order == .change)
    }

    @Test("What a finding was made with is shown as it was")
    func provenance() {
        var player = Player.atWork(columns: 120, rows: 36, screen: .findings)
        var finding = SampleStudy.findings[1]
        finding.provenance = Provenance(
            Search(rankings: [.cosine]), method: .infoNCE, seed: 7, accuracy: 0.9, reader: .model,
            digests: ["alignment": "0123456789abcdef"])
        player.send(.findings([finding]))
        for text in ["units by cosine", "trained by InfoNCE, seed 7", "alignment 0123456789ab"] {
            #expect(player.screen.contains(text), "\(text)")
        }
    }

    @Test("Without findings there is nothing to export")
    func nothingToExport() {
        var player = Player.atWork(screen: .findings)
        #expect(player.press(.character("e")).isEmpty)
        #expect(player.state.overlay == nil)
    }
}
