import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Plays a user at the keys, and the effect runner that answers her.
struct Player {
    var state: State
    /// Effects of the last step, in order.
    private(set) var effects: [Effect] = []

    init(columns: Int = 80, rows: Int = 24, depth: ColorDepth = .direct) {
        state = State(
            size: Size(columns: columns, rows: rows),
            appearance: Appearance(themes: SampleStudy.themes, depth: depth))
    }

    /// A player with the study open and everything answered.
    static func atWork(
        columns: Int = 80, rows: Int = 24, remainder: RemainderKind = .linear, screen: Screen = .locate,
        depth: ColorDepth = .direct, features: Int = 0, _ change: (inout StudyFacts) -> Void = { _ in }
    ) -> Player {
        var player = Player(columns: columns, rows: rows, depth: depth)
        var facts = SampleStudy.facts(remainder)
        facts.features = features
        change(&facts)
        player.send(.opened(facts))
        player.answer()
        player.press(.escape)
        if screen != .locate { player.press(.character(Character("\(Screen.allCases.firstIndex(of: screen)! + 1)"))) }
        player.answer()
        return player
    }

    @discardableResult
    mutating func send(_ action: Action) -> [Effect] {
        effects = update(&state, action)
        return effects
    }

    /// Presses keys; the effects are those of all of them.
    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        effects = keys.flatMap { update(&state, .terminal(.key($0))) }
        return effects
    }

    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        effects = text.flatMap { update(&state, .terminal(.key(.character($0)))) }
        return effects
    }

    @discardableResult
    mutating func mouse(_ kind: Mouse.Kind, _ column: Int, _ row: Int) -> [Effect] {
        send(.terminal(.mouse(Mouse(kind, at: Point(column: column, row: row)))))
    }

    /// Answers every effect of the last step, and those that the answers bring, until none is left.
    mutating func answer() {
        var open = effects
        while !open.isEmpty {
            guard let action = SampleStudy.answer(to: open.removeFirst()) else { continue }
            open += update(&state, action)
        }
        effects = []
    }

    var screen: String { view(state, size: state.size).text }
}

/// Expects the whole screen to be `expected`, and shows the rows that differ.
func expectScreen(_ actual: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    guard actual != expected else { return }
    let (a, e) = (
        actual.split(separator: "\n", omittingEmptySubsequences: false),
        expected.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let rows = (0..<max(a.count, e.count)).compactMap { row -> String? in
        let (was, wanted) = (row < a.count ? a[row] : "(no row)", row < e.count ? e[row] : "(no row)")
        return was == wanted ? nil : "row \(row)\n  expected \(wanted)\n  actual   \(was)"
    }
    Issue.record("\(rows.joined(separator: "\n"))\nthe whole screen:\n\(actual)", sourceLocation: sourceLocation)
}
