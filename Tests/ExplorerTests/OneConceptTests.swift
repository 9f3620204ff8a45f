import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Locate's concept is that of the selected intervention: there is no other.
@Suite("One concept")
struct OneConceptTests {
    @Test("Typing on Locate and on Steer is the same")
    func typing() {
        var (onLocate, onSteer) = (Player.atWork(), Player.atWork(screen: .steer))
        for player in [onLocate, onSteer] { #expect(player.state.concept.text == "boot") }
        onLocate.press(.character("/"))
        onSteer.press(.character("/"))
        for letter in "a bag " {
            let asked = (onLocate.type(String(letter)), onSteer.type(String(letter)))
            let concepts = [asked.0, asked.1].map { effects in
                effects.compactMap { if case .locate(let concept, _, _, _) = $0 { concept } else { nil } }
            }
            #expect(concepts[0] == concepts[1])
            #expect(onLocate.state.concept == onSteer.state.concept)
            #expect(onLocate.state.steer.list == onSteer.state.steer.list)
            onLocate.answer()
            onSteer.answer()
        }
        #expect(onLocate.state.concept.text == "a bag ", "the field keeps its blanks")
        #expect(onLocate.state.steer.list.active.concept == "a bag", "the concept has none")
        onLocate.press(.enter)
        #expect(onLocate.state.concept.text == "a bag")
    }

    @Test("Undo, another intervention and the ranking show in the field and the list alike")
    func elsewhere() {
        var player = Player.atWork(screen: .steer)
        player.press(.character("a"))
        player.type("bag")
        player.press(.enter, .character("r"))
        player.answer()
        #expect(
            player.state.ranking == .contribution
                && player.state.steer.list.entries.map(\.ranking) == [.rivals, .contribution])
        player.press(.character(","))
        #expect(player.state.concept.text == "boot" && player.state.ranking == .rivals)
        player.answer()
        player.press(.character("u"), .character("u"))
        #expect(player.state.concept.text == player.state.steer.list.active.concept)
    }

    @Test("An estimate is shown as one, counts nothing, and its exact list keeps the cursor on its unit")
    func estimates() {
        var player = Player.atWork(screen: .locate)
        player.press(.character("/"))
        player.type("sole")
        guard case .locate(_, _, _, let job)? = player.effects.last else { return #expect(Bool(false), "must ask") }
        var estimate = SampleStudy.found("sole")
        estimate.units.swapAt(0, 1)
        player.send(.located(estimate, isExact: false, job))
        #expect(player.screen.contains("Units by rivals ~"))
        player.press(.enter, .down)
        #expect(player.state.locate.selectedUnit == SampleStudy.units[0])
        let steering = player.press(.character("3"))
        #expect(!steering.contains { if case .curve = $0 { true } else { false } }, "no figures of an estimate")
        let effects = player.send(.located(SampleStudy.found("sole"), isExact: true, job))
        #expect(effects.contains { if case .curve = $0 { true } else { false } })
        player.press(.character("1"))
        #expect(player.state.locate.selectedUnit == SampleStudy.units[0] && player.state.locate.cursor.selected == 0)
        #expect(player.screen.contains("Units by rivals ━"))
        player.send(.located(estimate, isExact: true, job))
        #expect(player.state.locate.found == SampleStudy.found("sole"), "the exact list is the last")
    }
}
