import Analysis
import Explorer
import Foundation
import Testing

/// Whole screens at 80x24, as a user sees them.
@Suite("Screens")
struct ScreenTests {
    @Test("Locate")
    func locate() {
        expectScreen(Player.atWork().screen, "")
    }

    @Test("Units")
    func units() {
        var player = Player.atWork(screen: .units)
        player.press(.down, .down)
        player.answer()
        expectScreen(player.screen, "")
    }

    @Test("Steer")
    func steer() {
        var player = Player.atWork(screen: .steer)
        for _ in 0..<20 { player.press(.right) }
        expectScreen(player.screen, "")
    }

    @Test("Findings")
    func findings() {
        var player = Player.atWork(screen: .findings)
        player.send(.findings(SampleStudy.findings))
        player.press(.down)
        expectScreen(player.screen, "")
    }

    @Test("Opening")
    func opening() {
        var player = Player()
        player.send(
            .progress(
                WorkProgress(phase: .alignment, completed: 1250, total: 5000, rate: 250, loss: 4.25), secondsElapsed: 61
            ))
        expectScreen(player.screen, "")
    }

    @Test("Writing a note")
    func note() {
        var player = Player.atWork()
        player.press(.character("m"))
        player.type("heel")
        expectScreen(player.screen, "")
    }

    @Test("A window too small says what it takes, in however few cells", arguments: [(20, 5), (59, 24), (80, 15)])
    func tooSmall(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        let lines = player.screen.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines == [columns < 35 ? "60x16 needed" : "miclip needs 60x16; this is \(columns)x\(rows)"])
        #expect(player.press(.character("q")).last == .quit)
    }
}
