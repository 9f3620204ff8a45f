import Explorer
import Testing

@Suite("The key table")
struct KeyTableTests {
    @Test("No key is bound twice in a scope", arguments: Scope.allCases)
    func noDuplicates(scope: Scope) {
        let keys = KeyTable.bindings.filter { $0.scope == scope }.flatMap(\.keys)
        #expect(!keys.isEmpty)
        #expect(Set(keys).count == keys.count)
    }

    @Test("A text field takes no plain letter away from the text", arguments: [Scope.field, .note, .everywhere])
    func fieldsAreForText(scope: Scope) {
        let keys = KeyTable.bindings.filter { $0.scope == scope }.flatMap(\.keys)
        #expect(keys.allSatisfy { if case .character = $0 { false } else { true } })
    }

    @Test("The nearest scope wins")
    func order() {
        #expect(KeyTable.command(for: .escape, in: [.profile, .browsing]) == .previousPanel)
        #expect(KeyTable.command(for: .escape, in: [.browsing]) == .cancel)
        #expect(KeyTable.command(for: .character("Y"), in: Scope.allCases) == nil)
    }

    @Test("The help shows every key of the table that works outside dialogs")
    func help() {
        var player = Player.atWork(columns: 100, rows: 400)
        player.press(.character("?"))
        let screen = player.screen
        for binding in KeyTable.bindings where !binding.scope.isDialog {
            #expect(screen.contains(binding.help), "\(binding.help)")
        }
    }

    @Test("The keys of the panel at hand come first, then what the figures mean")
    func helpOrder() {
        var player = Player.atWork(columns: 100, rows: 40, screen: .steer)
        player.press(.character("?"))
        let lines = player.screen.split(separator: "\n").map(String.init)
        #expect(lines[1].contains("Steering"))
        #expect(player.screen.contains("What the figures mean"))
        for _ in 0..<4 { player.press(.down) }
        #expect(player.screen.contains("Steering"), "the heading stays above its keys")
        player.press(.pageDown)
        #expect(player.screen.contains("raises, lowers"))
    }
}

extension Scope {
    /// Whether it is in force only while something lies over the screen, or before a study is open.
    fileprivate var isDialog: Bool {
        switch self {
        case .note, .exporting, .naming, .copying, .frequency, .columns, .typingWork, .searchingHelp, .words, .layers,
            .conceptSets, .sheet,
            .enlarged,
            .themes, .palette, .helping, .opening, .choosingConcept, .newStudy, .withoutStudy:
            true
        case .everywhere, .browsing, .field, .list, .units, .profile, .table, .steering, .findings, .map, .changes,
            .evaluation, .circuit, .comparing, .concepts, .comparingLayers, .work:
            false
        }
    }
}
