import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Locating a concept")
struct LocatingTests {
    @Test("Opening asks for the first class, typing replaces it")
    func openingSuggestsAClass() {
        var player = Player()
        let effects = player.send(.opened(SampleStudy.facts))
        #expect(
            effects == [
                .locate(concept: "boot", .rivals, .neuron, Job(kind: .locate, number: 1)),
                .listUnits(.neuron, Job(kind: .list, number: 2)),
            ])
        player.press(.character("/"))
        #expect(player.type("b") == [.locate(concept: "b", .rivals, .neuron, Job(kind: .locate, number: 3))])
        #expect(player.state.concept.text == "b")
    }

    @Test("A class that there is not is told where the class stands")
    func unknownClass() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("/"))
        player.type("sole @ nothing")
        player.answer()
        #expect(player.screen.contains("no class “nothing”: @ is taken as a word"))
        player.send(.terminal(.resize(Size(columns: 80, rows: 24))))
        #expect(player.screen.contains("no class “nothing”"))
    }

    @Test("Every letter asks anew, a blank at the end does not")
    func typing() {
        var player = Player.atWork()
        player.press(.character("/"))
        #expect(player.type("he").count == 2)
        #expect(player.type(" ").isEmpty)
        #expect(player.type("x").count == 1)
    }

    @Test("An answer to an older question is dropped, and its list stays until the newest answer comes")
    func staleAnswers() {
        var player = Player.atWork()
        player.press(.character("/"))
        guard case .locate(_, _, _, let older) = player.type("a").first,
            case .locate(_, _, _, let newer) = player.type("b").first
        else { return #expect(Bool(false), "typing must ask") }
        player.send(.located(SampleStudy.found("a"), isExact: true, older))
        #expect(player.state.locate.found?.concept == "boot")
        player.send(.located(SampleStudy.found("ab"), isExact: true, newer))
        #expect(player.state.locate.found?.concept == "ab")
        player.send(.located(SampleStudy.found("a"), isExact: true, newer))
        #expect(player.state.locate.found?.concept == "ab", "a job answers once")
    }

    @Test("r goes round the rankings from the list, Ctrl-R from the field, and each says what it goes by")
    func switchingRanking() {
        var player = Player.atWork()
        let effects = player.press(.character("r"))
        #expect(effects.contains { if case .locate("boot", .contribution, _, _) = $0 { true } else { false } })
        player.answer()
        #expect(player.screen.contains("Units by contribution"))
        player.press(.character("/"), .character("r"))
        #expect(player.state.concept.text == "r", "in the field, r is a letter")
        player.press(.control("r"))
        #expect(player.state.ranking == .cosine && player.screen.contains("By cosine: how near a unit's embedding"))
        player.press(.control("r"), .control("r"))
        #expect(
            player.state.ranking == .rivals && player.screen.contains("By contribution against rivals: what a unit"))
    }

    @Test("The selected unit's profile is asked for once")
    func profiles() {
        var player = Player.atWork()
        #expect(player.press(.down).map(kind) == [.profile])
        #expect(player.press(.up).map(kind) == [.profile])
        #expect(player.press(.up).isEmpty, "the first row is the end")
        player.answer()
        #expect(player.state.profile.shown?.unit == SampleStudy.units[0])
    }

    @Test("i on an image of the contact sheet looks for its units, small or enlarged; the palette knows it as an image")
    func imageAsConcept() throws {
        for keys in [[Key.character("i")], [.right, .enter, .character("i")]] {
            var player = Player.atWork()
            player.press(.character("v"))
            player.answer()
            let sheet = try #require(player.state.profile.sheet)
            let number = sheet.strips[0].images[keys.count == 1 ? 0 : 1].image
            let effects = keys.flatMap { player.press($0) }
            #expect(player.state.overlay == nil && player.state.focus == .units)
            #expect(player.state.concept.text == "image \(number)")
            #expect(
                effects.contains {
                    if case .locate(let text, let ranking, _, _) = $0 {
                        text == "image \(number)" && ranking == .contribution
                    } else {
                        false
                    }
                })
        }
        var player = Player.atWork()
        player.press(.character("/"))
        player.type("image 3")
        #expect(player.state.ranking == .contribution && player.screen.contains("An image is ranked by contribution"))
        player.press(.control("u"))
        player.type("bag")
        #expect(player.state.ranking == .rivals, "words are ranked as before")
        player.press(.escape, .character(":"))
        player.type("image 3 - boot")
        let line = player.screen.split(separator: "\n").last { $0.contains(" image 3 - boot") }
        #expect(line?.contains(" image │") == true, "\(line ?? "no such line")")
    }

    @Test("Enter on a concept of the profile looks for its units")
    func followingAConcept() {
        var player = Player.atWork()
        player.press(.enter, .down)
        #expect(player.press(.enter).contains { if case .locate("sole", _, _, _) = $0 { true } else { false } })
        #expect(player.state.focus == .units)
        #expect(player.state.concept.text == "sole")
    }

    @Test("Every key is a command at the start; where a concept would begin, a slash and a question mark are too")
    func firstKey() {
        var player = Player()
        player.send(.opened(SampleStudy.facts))
        player.answer()
        player.press(.character("2"))
        #expect(player.state.screen == .units)
        player.press(.character("/"), .character("/"), .character("2"))
        #expect(player.state.screen == .locate)
        #expect(player.state.concept.text == "2", "in the field, a digit is a letter")
        player.press(.character("/"))
        #expect(player.state.concept.text == "2/", "inside a concept, a slash is a letter")
        player.press(.control("u"), .character("?"))
        #expect(player.state.overlay == .help(HelpPlace()))
    }

    @Test("Digits and q are letters in the field; Ctrl-Q still quits")
    func keysInTheField() {
        var player = Player.atWork()
        player.press(.character("/"))
        player.type("q1?")
        #expect(player.state.concept.text == "q1?")
        #expect(player.state.screen == .locate)
        #expect(player.press(.control("q")).last == .quit)
    }

    @Test("A paste outside the field goes to the field, its line break a blank")
    func pasting() {
        var player = Player.atWork()
        player.send(.terminal(.paste("ankle\nboot\u{1B}[2J")))
        #expect(player.state.concept.text == "ankle boot[2J")
        #expect(player.state.focus == .concept)
    }

    @Test("A failure is told until the next key; one of an older job is not told")
    func failures() {
        var player = Player.atWork()
        player.press(.character("/"))
        guard case .locate(_, _, _, let job) = player.type("a").first else { return }
        player.type("b")
        player.send(.failed("too late", job))
        #expect(player.state.message == nil)
        player.send(.failed("the model file is gone", nil))
        #expect(player.screen.hasSuffix(" ! the model file is gone"))
        player.press(.escape)
        #expect(player.state.message == nil)
    }

    private func kind(_ effect: Effect) -> Job.Kind? {
        switch effect {
        case .locate(_, _, _, let job), .profile(_, let job), .listUnits(_, let job), .curve(_, _, _, _, let job),
            .count(_, _, _, let job):
            job.kind
        default: nil
        }
    }

    @Test("F switches between neurons and features, and asks for everything anew; without features it says so")
    func features() {
        var player = Player.atWork()
        player.state.focus = .units
        #expect(player.press(.character("F")) == [])
        #expect(player.state.unitKind == .neuron)
        #expect(player.state.message?.text.contains("B trains or imports") == true)

        var facts = SampleStudy.facts
        facts.features = 7
        player.send(.opened(facts))
        player.answer()
        player.state.focus = .units
        let effects = player.press(.character("F"))
        #expect(player.state.unitKind == .feature)
        #expect(effects.contains { if case .locate("boot", .rivals, .feature, _) = $0 { true } else { false } })
        #expect(effects.contains { if case .listUnits(.feature, _) = $0 { true } else { false } })
        player.answer()
        #expect(player.screen.contains("Features by rivals"))
        #expect(
            player.state.units.shown.map(\.quality) == SampleStudy.features.map { SampleStudy.featureQualities[$0] })
        player.press(.character("F"))
        let back = player.effects
        #expect(back.contains { if case .locate("boot", .rivals, .neuron, _) = $0 { true } else { false } })
        player.answer()
        #expect(
            player.state.units.shown.map(\.quality) == SampleStudy.units.map { SampleStudy.qualities[$0] },
            "measured once")
    }
}
