import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Other classes of a CLIP, edited on the Steer screen.
@Suite("Classes and prompts")
struct WordsTests {
    private static let own = ClassWords(lines: ["boot", "bag", "dress"])

    /// At work on a study whose classes can be others.
    private func player() -> Player {
        var player = Player()
        var facts = SampleStudy.facts
        facts.words = Self.own
        player.send(.opened(facts))
        player.answer()
        player.press(.escape, .character("3"))
        player.answer()
        return player
    }

    private func job(_ effects: [Effect]) -> (words: ClassWords?, job: Job)? {
        effects.lazy.compactMap { effect in
            if case .reword(let words, let job) = effect { return (words, job) }
            return nil
        }.first
    }

    private func facts(_ words: ClassWords) -> StudyFacts {
        var facts = SampleStudy.facts
        (facts.words, facts.accuracy) = (words, 0.5)
        return facts
    }

    @Test func `are edited line by line, counted on at once, and taken back`() throws {
        var player = player()
        #expect(player.press(.character("C")) == [])
        #expect(player.screen.contains("Classes to count on") && player.screen.contains("2 bag"))
        player.press(.down)
        player.press(.control("u"))
        player.type("purse")
        let effects = player.press(.enter)
        let words = ClassWords(lines: ["boot", "purse", "dress"])
        let asked = try #require(job(effects))
        #expect(asked.words == words && effects.count == 1, "nothing is counted before the classes are there")

        player.send(.reworded(facts(words), words, asked.job))
        #expect(player.state.study?.words == words)
        #expect(!player.effects.contains { if case .curve = $0 { true } else { false } }, "first the concept's class")
        player.answer()
        #expect(player.screen.contains("exact, 20 held-out images"))

        let back = try #require(job(player.press(.character("u"))))
        #expect(back.words == nil)
        player.send(.reworded(facts(Self.own), nil, back.job))
        player.answer()
        #expect(player.state.study?.words == nil && player.state.steer.list.words == nil)
        let again = try #require(job(player.press(.control("r"))))
        #expect(again.words == words)
        #expect(
            player.state.steer.history.record(target: "", outcome: nil).actions
                == [.count(on: words), .count(on: nil), .count(on: words)])
    }

    @Test func `stay what they are on Esc, and when nothing was changed`() {
        var player = player()
        player.press(.character("C"))
        player.type("x")
        #expect(player.press(.escape) == [])
        #expect(player.state.steer.list.words == nil)
        player.press(.character("C"))
        #expect(player.press(.enter) == [])
        #expect(player.state.overlay == nil && player.state.steer.list.words == nil)
    }

    @Test func `go back to what they were where they cannot be counted on`() throws {
        var player = player()
        player.press(.character("C"))
        player.type("x")
        let asked = try #require(job(player.press(.enter)))
        player.send(.failed("too few classes", asked.job))
        #expect(player.state.steer.list.words == nil && player.screen.contains("too few classes"))
        player.press(.character("C"))
        player.type("x")
        #expect(job(player.press(.enter)) != nil, "the same may be tried again")
    }

    @Test func `take prompts and pasted lists, and tell what is wrong with them`() throws {
        var editor = WordsEditor(Self.own)
        editor.move(.pageUp)
        editor.move(.down)
        editor.field.insert("a photo")
        #expect(throws: WordsEditor.Problem.self) { try editor.words.get() }
        editor.field.insert(" of a {}")
        #expect(try editor.words.get() == ClassWords(lines: Self.own.lines, templates: ["{}", "a photo of a {}"]))
        editor.move(.pageDown)
        editor.field = TextField("")
        #expect(throws: WordsEditor.Problem.self) { try editor.words.get() }
        editor.paste("shoe\nbag\n\nfrock\ncoat, long\n")
        #expect(try editor.words.get().lines == ["shoe", "bag", "frock", "coat, long"])
        #expect(try editor.words.get().templates == ["{}", "a photo of a {}"])
    }

    @Test func `of a classifier are its own`() {
        var player = Player.atWork(screen: .steer)
        player.press(.character("C"))
        #expect(player.state.overlay == nil && player.screen.contains("the model's own"))
    }

    @Test func `units are taken back with u too`() {
        var player = Player.atWork(screen: .steer, features: 7)
        player.press(.character("1"))
        player.answer()
        player.press(.character("F"))
        player.answer()
        #expect(player.state.unitKind == .feature)
        player.press(.character("3"))
        player.press(.character("u"))
        #expect(player.state.unitKind == .neuron)
    }
}
