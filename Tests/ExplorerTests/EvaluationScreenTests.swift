import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// The tables of an evaluation: begun, filled in, stopped, gone on with, written.
@Suite struct EvaluationScreenTests {
    private let section = ReportSection(
        title: "Interventions on neurons by scaling", sentences: ["Change of accuracy in points."],
        columns: ["units by", "role", "τ", "β", "on the class"],
        rows: (0..<40).map { ["method \($0)", "control", "20", "2.00", "+\($0).00"] })

    private func asked(_ effects: [Effect]) -> Job? {
        effects.lazy.compactMap { if case .evaluate(let job) = $0 { job } else { nil } }.first
    }

    private func cancelled(_ effects: [Effect]) -> [Job] {
        effects.compactMap { if case .cancel(let job) = $0 { job } else { nil } }
    }

    @Test("E begins it, whatever the screen; its rows are shown as they come", arguments: Screen.allCases)
    func begins(screen: Screen) throws {
        var player = Player.atWork(screen: screen)
        let job = try #require(asked(player.press(.character("E"))))
        #expect(player.screen.contains("Beginning… Esc stops"))
        player.send(.evaluating(WorkProgress(phase: .evaluation, completed: 3, total: 20, rate: 0.5), job))
        #expect(player.screen.contains("Evaluating 3/20, 34 s left of it · Esc stops"))
        player.send(.evaluated([section], isWhole: false, job))
        #expect(player.screen.contains("method 0") && player.screen.contains("+0.00"))
        #expect(!player.screen.contains("method 39") && player.screen.contains("↓ more"))
        player.press(.pageDown)
        #expect(player.screen.contains("units by") && player.screen.contains("off target") == false)
        player.press(.end)
        #expect(player.screen.contains("units by"), "the columns' names stay above them")
        #expect(player.screen.contains("method 39") && !player.screen.contains("↓ more"))
        // Out of sight it goes on, and is not begun anew.
        #expect(asked(player.press(.character("q"))) == nil && !player.screen.contains("method 39"))
        player.send(.evaluated([section], isWhole: true, job))
        #expect(asked(player.press(.character("E"))) == nil)
        #expect(player.screen.contains("Whole. e writes"))
    }

    @Test("Where a table is too wide, figures let go of their intervals before columns are left out")
    func narrow() throws {
        let curves = ReportSection(
            title: "Accuracy as a concept's units are scaled", sentences: [],
            columns: ["concept", "class", "β", "first", "second", "difference", "on others"],
            rows: [
                [
                    "ankle boot", "ankle boot (1000)", "0.5", "80.0 % [64.1, 90.0]", "82.0 % [66.2, 91.3]",
                    "+2.0 ± 0.4", "-0.1 ± 0.2",
                ]
            ])
        for (columns, isWhole) in [(80, false), (120, true)] {
            var player = Player.atWork(columns: columns, rows: 24)
            let job = try #require(asked(player.press(.character("E"))))
            player.send(.evaluated([curves], isWhole: true, job))
            let screen = player.screen
            #expect(screen.contains("second") && screen.contains("82.0 %") && screen.contains("on others"))
            #expect(screen.contains("82.0 % [66.2, 91.3]") == isWhole)
            #expect(screen.contains("stand on a wider screen") != isWhole)
        }
    }

    @Test("Esc stops it and keeps what is there, then closes; Enter goes on")
    func stops() throws {
        var player = Player.atWork()
        let job = try #require(asked(player.press(.character("E"))))
        player.send(.evaluated([section], isWhole: false, job))
        #expect(cancelled(player.press(.escape)) == [job])
        #expect(player.screen.contains("Stopped; what is finished is kept") && player.screen.contains("method 0"))
        // An answer that was on its way counts no more.
        player.send(.evaluated([], isWhole: true, job))
        #expect(player.screen.contains("method 0"))
        let again = try #require(asked(player.press(.enter)))
        #expect(again != job)
        player.press(.escape, .escape)
        #expect(!player.screen.contains("method 0"))
    }

    @Test("e writes the tables once they are whole")
    func writes() throws {
        var player = Player.atWork()
        let job = try #require(asked(player.press(.character("E"))))
        player.press(.character("e"))
        #expect(player.screen.contains("The tables are not whole yet"))
        player.send(.evaluated([section], isWhole: true, job))
        player.press(.character("e"))
        player.type("norm.md")
        let wanted = player.press(.enter)
        #expect(wanted.contains(.write(.evaluation(offset: 0), name: "norm")))
        #expect(player.screen.contains("method 0"), "the tables are there again")
        player.press(.character("q"))
        player.send(.wroteReport(paths: ["/tmp/report.md", "/tmp/report.json"]))
        #expect(player.screen.contains("Written to /tmp/report.md and /tmp/report.json"))
    }

    @Test("another layer lets go of the tables and stops what runs")
    func anotherLayer() throws {
        var player = Player.atWork { $0.layers = SampleStudy.layers }
        let job = try #require(asked(player.press(.character("E"))))
        player.press(.character("q"), .character("L"), .down)
        let opening = player.press(.enter).compactMap { effect -> Job? in
            if case .chooseLayer(_, let job) = effect { job } else { nil }
        }
        var facts = SampleStudy.facts
        facts.layers = SampleStudy.layers
        let next: Job = try #require(opening.first)
        let effects = player.send(.opened(facts, next))
        #expect(cancelled(effects) == [job])
        #expect(asked(player.press(.character("E"))) != nil, "begun anew")
    }

    @Test("what fails is said, and can be gone on with")
    func fails() throws {
        var player = Player.atWork()
        let job = try #require(asked(player.press(.character("E"))))
        player.send(.failed("no space left", job))
        #expect(player.screen.contains("Enter goes on"))
        #expect(asked(player.press(.enter)) != nil)
    }

    @Test("columns that do not fit are left out, at any width", arguments: [60, 80, 120, 200])
    func widths(columns: Int) throws {
        var player = Player.atWork(columns: columns)
        let job = try #require(asked(player.press(.character("E"))))
        var wide = section
        wide.columns[0] = String(repeating: "name ", count: 6)
        wide.sentences = [String(repeating: "long ", count: 60)]
        player.send(.evaluated([wide], isWhole: true, job))
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        #expect(player.screen.contains("on the class") == (columns > 60))
    }

    @Test("← → move the columns of a table that is too wide, beside its first one, and it says which they are")
    func columns() throws {
        var player = Player.atWork(columns: 60)
        let job = try #require(asked(player.press(.character("E"))))
        var wide = section
        wide.columns[0] = String(repeating: "name ", count: 5)
        wide.rows = (0..<40).map { ["method \($0)", "control", "20", "2.00", "+\($0).00 ± 0.12"] }
        player.send(.evaluated([wide, section], isWhole: true, job))
        func head() throws -> String {
            String(try #require(player.screen.split(separator: "\n").first { $0.contains("name name") }))
        }
        #expect(try head().contains("role") && !head().contains("on the class"))
        #expect(player.screen.contains("Columns 2 to 4 of 5; ← → for the others."))
        player.press(.left)
        #expect(try head().contains("role"), "there is nothing before the first")
        player.press(.right)
        #expect(try !head().contains("role") && head().contains("on the class"))
        #expect(player.screen.contains("Columns 3 to 5 of 5; ← → for the others."))
        player.press(.character("l"), .character("l"))
        #expect(try head().contains("τ"), "nor after the last")
        player.press(.character("h"))
        #expect(try head().contains("role"))
        player.press(.right, .end)
        let rows = player.screen.split(separator: "\n")
        #expect(rows.contains { $0.contains("units by") && $0.contains("role") }, "a table that fits stays as it is")
        for line in rows { #expect(displayWidth(of: String(line)) <= 60) }
    }
}
