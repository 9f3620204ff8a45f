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

    @Test("g says which other interventions still act")
    func acting() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("3"), .character("i"), .character("1"), .character("g"))
        #expect(player.state.message?.text == "Intervention 1, boot, still acts too; x on it mutes it")
        player.press(.character(","), .character("x"), .character("1"), .down, .down, .character("g"))
        #expect(player.state.message == nil, "what is muted does not act")
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

    @Test("What is typed is completed from the known concepts, also the last part of a sum; → takes it")
    func completing() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("/"))
        player.type("strp")
        #expect(player.screen.contains("Concept strp  → strap"))
        player.press(.right)
        #expect(player.state.concept.text == "strap")
        #expect(!player.screen.contains("→"))
        player.type(" - boo")
        #expect(player.screen.contains("strap - boo  → boot"))
        player.press(.end)
        #expect(player.state.concept.text == "strap - boot")
        player.press(.left, .right)
        #expect(player.state.concept.text == "strap - boot", "a step to the right is one elsewhere")
        for text in ["b", "0+ 1-", "qzx", "boot @ bo"] {
            player.press(.control("u"), .control("k"))
            player.type(text)
            #expect(player.state.locate.completion == nil, "\(text)")
        }
    }

    @Test("What was asked for is there again at the next start, a set of units by its name")
    func keeping() {
        var player = Player.atWork()
        player.press(.character("/"))
        player.type("soles = 0+ 1-")
        player.answer()
        player.press(.enter)
        #expect(player.screen.contains("Units of soles"))
        guard case .saveSession(let session)? = player.press(.character("q")).first else {
            return #expect(Bool(false), "the place is kept")
        }
        #expect(session.recent.first == "soles = 0+ 1-")
        var next = Player(columns: 120, rows: 36)
        next.send(.opened(SampleStudy.facts))
        next.send(.restored(session))
        next.answer()
        next.press(.escape, .character(":"))
        next.type("soles")
        #expect(next.screen.contains("soles = 0+ 1-"))
    }

    @Test("The palette finds classes by their kind")
    func classes() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character(":"))
        player.type("class bag")
        #expect(player.screen.contains("read accuracy on bag"))
    }

    @Test("The help is searched by keys, by what they do and by figures")
    func searchingHelp() {
        var player = Player.atWork(columns: 80, rows: 24)
        player.press(.character("?"), .character("/"))
        player.type("auprc")
        #expect(player.screen.contains("What the figures mean"))
        #expect(player.screen.contains("where it is active, on held-out images"))
        #expect(!player.screen.contains("Ranked units"))
        player.press(.control("u"))
        player.type("nothing of this")
        #expect(player.screen.contains("Nothing of that name"))
        player.press(.escape)
        #expect(player.screen.contains("Ranked units"))
        player.press(.escape)
        #expect(player.state.overlay == nil)
        player.press(.character("?"), .character("/"))
        player.type("steer")
        player.press(.pageDown, .end, .pageUp, .enter)
        #expect(player.state.overlay == nil)
    }

    @Test("A message that is longer than the line is read to its end", arguments: [(60, 16), (80, 24), (120, 36)])
    func longMessages(columns: Int, rows: Int) {
        for screen in Screen.allCases {
            var player = Player.atWork(columns: columns, rows: rows, screen: screen)
            let why =
                "/a/study/of/images.study: no features yet; run `miclip sae train --study /a/study/of/images.study`, "
                + "or import an autoencoder that was trained elsewhere, and come back"
            player.send(.failed(why, nil))
            let shown = player.screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(shown.hasSuffix("trained elsewhere, and come back"), "\(screen)")
            #expect(overwritten(player.state, size: Size(columns: columns, rows: rows)).isEmpty, "\(screen)")
            player.press(.down)
            #expect(!player.screen.contains("come back"))
        }
    }

    @Test("A sheet that cannot be read is put away, and says why")
    func failedSheet() {
        var player = Player.atWork()
        let effects = player.press(.character("v"))
        guard case .sheet(_, let job)? = effects.first(where: { if case .sheet = $0 { true } else { false } }) else {
            return #expect(Bool(false), "nothing was asked")
        }
        player.send(.failed("the study is damaged", job))
        #expect(player.state.overlay == nil && player.screen.contains("! the study is damaged"))
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
        let number = selected("4").0
        #expect(number.screen == .units && number.units.selected?.unit.shortName == "4+", "a number alone is a unit's")
        let unit = selected("4-").0
        #expect(unit.screen == .units && unit.units.selected?.unit.shortName == "4-")
        #expect(selected("heel").0.steer.list.active.concept == "heel")
        #expect(selected("strp").0.steer.list.active.concept == "strap")
        #expect(selected("read bag").0.steer.list.active.concept == "boot @ bag")
        #expect(selected("findings").0.screen == .findings)
        #expect(selected("something new").0.steer.list.active.concept == "something new")
    }

    @Test("The palette goes to a feature while neurons are shown, and says what is no unit")
    func unitsOfBothKinds() {
        var player = Player.atWork(columns: 120, rows: 36, features: 7)
        player.press(.character(":"))
        player.type("f3")
        player.press(.enter)
        player.answer()
        #expect(player.state.unitKind == .feature && player.state.units.selected?.unit.shortName == "f3")
        player.press(.character(":"))
        player.type("5")
        player.press(.enter)
        #expect(player.state.units.selected?.unit.shortName == "f5", "a number alone, while features are shown")
        player.press(.character(":"))
        player.type("4-")
        player.press(.enter)
        player.answer()
        #expect(player.state.unitKind == .neuron && player.state.units.selected?.unit.shortName == "4-")
        player.press(.character(":"))
        player.type("999+")
        player.press(.enter)
        #expect(player.state.message?.text == "norm:999+ is no unit of this layer")
        var other = Player.atWork()
        other.press(.character(":"))
        other.type("f3")
        other.press(.enter)
        #expect(other.state.message?.text.contains("No features of this layer yet") == true)
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
