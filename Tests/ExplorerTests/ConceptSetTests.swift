import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Concept sets")
struct ConceptSetTests {
    private func player(_ screen: Screen = .units) -> Player {
        Player.atWork(screen: screen) { $0.conceptSets = SampleStudy.conceptSets }
    }

    private func facts() -> StudyFacts {
        var facts = SampleStudy.facts
        facts.conceptSets = SampleStudy.conceptSets
        for index in facts.conceptSets.indices { facts.conceptSets[index].isChosen = index == 1 }
        return facts
    }

    @Test("V lists them with their counts")
    func overlay() {
        var player = player()
        player.press(.character("V"))
        let rows = player.screen.split(separator: "\n").map(String.init)
        #expect(rows.contains { $0.contains("concept set   concepts   digest") })
        #expect(rows.contains { $0.contains("● clothes              6   0123456789ab") })
        #expect(rows.contains { $0.contains("  english 20k     20,191   fedcba987654") })
        #expect(rows.last == " Enter choose  ↑↓ set  Esc cancel")
        player.press(.escape)
        #expect(player.state.overlay == nil)
    }

    @Test("Choosing one describes all units anew, and the place and the sliders stay")
    func choosing() {
        var player = player(.steer)
        player.press(.right, .character("2"), .down, .down, .character("V"), .down)
        guard case .chooseConceptSet("english 20k", let job)? = player.press(.enter).first else {
            return #expect(Bool(false), "Enter must choose")
        }
        let effects = player.send(.opened(facts(), job))
        #expect(effects.contains { if case .listUnits = $0 { true } else { false } })
        #expect(effects.contains { if case .locate = $0 { true } else { false } })
        #expect(player.screen.hasSuffix("Units are described by english 20k, 20,191 concepts"))
        player.answer()
        #expect(player.state.units.selected?.unit == SampleStudy.units[2])
        #expect(player.state.profile.shown?.unit == SampleStudy.units[2])
        #expect(player.state.steer.beta == 1.05 && player.state.steer.curve != nil)
        player.press(.character("V"))
        #expect(player.press(.enter).isEmpty, "the chosen one is marked and under the cursor")
    }

    @Test("Esc lets go of one that is on its way; a failure is told")
    func stopping() {
        var player = player()
        player.press(.character("V"), .down)
        guard case .chooseConceptSet(_, let job)? = player.press(.enter).first else {
            return #expect(Bool(false), "Enter must choose")
        }
        #expect(player.screen.split(separator: "\n")[0].hasSuffix("→ english 20k…"))
        #expect(player.press(.escape) == [.cancel(job)])
        player.press(.character("V"), .down)
        guard case .chooseConceptSet(_, let again)? = player.press(.enter).first else {
            return #expect(Bool(false), "it may be chosen again")
        }
        player.send(.failed("its words are not embedded", again))
        #expect(player.screen.hasSuffix("! its words are not embedded") && player.state.layers.wantedSet == nil)
    }

    @Test("Without any V says so")
    func none() {
        var player = Player.atWork()
        player.press(.character("V"))
        #expect(player.state.overlay == nil && player.screen.contains("No concept sets are known"))
    }
}
