import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Sets picked by hand, back and forward, the palette, the concept field's memory.
@Suite("Finding one's way")
struct FindingYourWayTests {
    @Test("+ and - make a set beside the concept's; g steers it; undo brings it back")
    func picking() {
        var player = Player.atWork()
        player.press(.character("+"), .down, .character("+"))
        #expect(player.state.steer.list.entries.map(\.concept) == ["boot", "0+ 0- @ boot"])
        #expect(player.state.steer.list.entries[1].setSize == 2)
        #expect(player.state.steer.list.selected == 0, "the concept stays")
        player.press(.character("+"))
        #expect(player.state.message?.text == "0- is in the set already")
        player.press(.character("-"))
        #expect(player.state.steer.list.entries[1].concept == "0+ @ boot")
        player.press(.up, .character("g"))
        #expect(player.state.screen == .steer && player.state.focus == .steering)
        #expect(player.state.steer.list.active.concept == "0+ @ boot")
        player.answer()
        player.press(.character("u"), .character("u"))
        #expect(player.state.steer.list.entries[1].concept == "0+ 0- @ boot")
    }

    @Test("g alone steers the unit at hand in one key, from any screen that shows one")
    func steering() {
        for screen in [Screen.locate, .units, .map] {
            var player = Player.atWork(screen: screen)
            player.press(.down)
            player.answer()
            let effects = player.press(.character("g"))
            #expect(player.state.screen == .steer)
            #expect(!player.state.steer.list.active.concept.isEmpty)
            #expect(effects.contains { if case .locate = $0 { true } else { false } }, "\(screen)")
        }
    }

    @Test("Words typed on Locate do not overwrite a set")
    func typing() {
        var player = Player.atWork()
        player.press(.character("g"))
        player.answer()
        player.press(.character("1"), .character("/"))
        player.type("bag")
        #expect(player.state.steer.list.entries.map(\.concept) == ["bag", "0+ @ boot"])
    }

    @Test("Back goes to the concept, the screen and the unit of before, and forward again")
    func travelling() {
        var player = Player.atWork()
        player.press(.down, .down)
        player.answer()
        player.press(.character("2"))
        player.answer()
        player.press(.down)
        player.answer()
        player.press(.backspace)
        player.answer()
        #expect(player.state.screen == .locate && player.state.locate.cursor.selected == 2)
        player.press(.wordRight)
        player.answer()
        #expect(player.state.screen == .units && player.state.units.cursor.selected == 1)
        player.press(.wordRight)
        #expect(player.state.message?.text == "No place after")
    }

    @Test("Esc puts back what the field said; ↑ brings older concepts")
    func field() {
        var player = Player.atWork()
        player.press(.character("/"))
        player.type("bag")
        player.press(.escape)
        #expect(player.state.steer.list.active.concept == "boot")
        player.press(.character("/"))
        player.type("bag")
        player.press(.enter)
        player.answer()
        player.press(.character("/"), .up, .up)
        #expect(player.state.steer.list.active.concept == "boot")
        player.press(.down)
        #expect(player.state.steer.list.active.concept == "bag")
        player.press(.down, .down)
        #expect(player.state.focus == .units)
    }

    @Test("The palette finds a unit, a concept, a class and a key by a few letters")
    func palette() {
        func selected(_ text: String) -> (State, [Effect]) {
            var player = Player.atWork(columns: 120, rows: 36)
            player.press(.character(":"))
            player.type(text)
            #expect(player.screen.contains("Go to"))
            player.press(.enter)
            player.answer()
            return (player.state, player.effects)
        }
        let unit = selected("4-").0
        #expect(unit.screen == .units && unit.units.selected?.unit.shortName == "4-")
        #expect(selected("heel").0.steer.list.active.concept == "heel")
        #expect(selected("strp").0.steer.list.active.concept == "strap")
        #expect(selected("read bag").0.steer.list.active.concept == "boot @ bag")
        #expect(selected("findings").0.screen == .findings)
        #expect(selected("something new").0.steer.list.active.concept == "something new")
    }

    @Test("A finding is applied again on the very units it was on")
    func applying() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.answer()
        player.press(.down, .enter)
        #expect(player.state.screen == .steer)
        let entry = player.state.steer.list.active
        #expect(entry.concept == "boot = 0+ 0- 1+ 1- 2+ 2- 3+ 3- 4+ 4- @ boot")
        #expect(entry.beta == 2 && entry.setSize == 10)
    }

    @Test("The contact sheet is asked for, walked and enlarged; Esc goes back step by step")
    func sheet() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("v"))
        #expect(player.screen.contains("Looking at all images"))
        player.answer()
        #expect(player.screen.contains("50 to 75 % of the greatest, 3 of 40"))
        #expect(player.screen.contains("✗boot"))
        player.press(.right, .right, .down, .enter)
        #expect(player.screen.contains("image 5 · 50 to 75 % of the greatest"))
        #expect(player.screen.contains("✗boot, in truth bag"))
        player.press(.escape)
        #expect(player.screen.contains("most, 3 of 40"))
        player.press(.escape)
        #expect(player.state.overlay == nil)
    }

    @Test("Words far from every known concept are said to be")
    func warning() {
        var player = Player.atWork(columns: 120, rows: 36)
        var found = SampleStudy.found("xyzzy")
        found.nearest = NearestConcept(concept: "strap", score: 0.31, isFar: true)
        player.press(.character("/"))
        player.type("xyzzy")
        guard
            case .locate(_, _, _, let job)? = player.effects.last(where: {
                if case .locate = $0 { true } else { false }
            })
        else { return #expect(Bool(false), "nothing was asked") }
        player.send(.located(found, isExact: true, job))
        #expect(player.screen.contains("far from every known concept, the nearest is strap 0.31"))
    }
}
