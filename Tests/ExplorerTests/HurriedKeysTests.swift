import Explorer
import ScriptedExplorer
import Testing

@Suite("Keys that come all at once")
struct HurriedKeysTests {
    private func hurry(_ text: String, _ player: inout Player) -> [Effect] {
        text.flatMap { player.send(.terminal(.hurried($0 == "\n" ? .enter : .character($0)))) }
    }

    @Test("They delete no finding, quit nothing and write no file; one by one they do")
    func findings() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        #expect(hurry("DqDe\n1", &player) == [])
        #expect(player.state.overlay == .export(ListCursor(), TextField(" 1")), "what can be left again is done")
        player.press(.escape)
        #expect(player.press(.character("D")).count == 1)
        #expect(player.press(.character("q")).last == .quit)
    }

    @Test("They delete no intervention, and the message says why")
    func interventions() {
        var player = Player.atWork(screen: .steer)
        player.press(.character("a"), .escape)
        #expect(player.state.steer.list.entries.count == 2)
        _ = hurry("DDD", &player)
        #expect(player.state.steer.list.entries.count == 2)
        #expect(player.state.message?.text == "D came amid other keys, as in a paste: press it again")
        player.press(.character("D"))
        #expect(player.state.steer.list.entries.count == 1)
    }

    @Test("In a note a line break among them is a blank; in the concept field they are typed as ever")
    func fields() {
        var player = Player.atWork()
        player.press(.character("m"))
        #expect(hurry("first\nlast\n", &player) == [])
        guard case .note(let field, _) = player.state.overlay else { return #expect(Bool(false), "the note is gone") }
        #expect(field.text == "first last ")
        player.press(.escape, .character("/"))
        _ = hurry("Dress q", &player)
        #expect(player.state.concept.text == "Dress q")
    }

    @Test("Undo among them takes back one change each, and each comes back")
    func undo() {
        var player = Player.atWork(screen: .steer)
        player.press(.right, .right)
        _ = hurry("uu", &player)
        #expect(player.state.steer.beta == 1)
        player.press(.control("r"), .control("r"))
        #expect(player.state.steer.beta == 1.1)
    }

    @Test("Nothing quits while the study opens but a key by itself")
    func opening() {
        var player = Player()
        #expect(hurry("quit q", &player) == [])
        #expect(player.press(.character("q")) == [.quit])
    }
}
