import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Two units side by side.
@Suite("Comparing units")
struct CompareTests {
    @Test(
        "C lists units alike; Enter shows one beside, in three keys; Enter again goes to it",
        arguments: [(80, 24), (120, 36), (200, 60)])
    func compares(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        player.press(.character("C"))
        #expect(player.screen.contains("Looking for units alike"))
        player.answer()
        #expect(player.screen.contains("nearest by what they mean (cosine)") && player.screen.contains("+0.90"))
        #expect(player.screen.contains("active together (correlation on 100 probe images)"))
        player.press(.down, .enter)
        player.answer()
        #expect(player.screen.contains("cosine 0.25 · correlation −0.50"))
        #expect(player.screen.contains("Unit 0+") && player.screen.contains("Unit 1-"))
        #expect(player.screen.contains("= heel"), "concepts that both have are marked")
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.escape)
        #expect(player.screen.contains("nearest by what they mean"))
        player.press(.enter)
        player.answer()
        player.press(.enter)
        #expect(player.state.overlay == nil && player.state.screen == .units)
        #expect(player.state.units.selected?.unit == SampleStudy.units[3])
    }

    @Test("Any two: one picked by hand stands first in the list of another, four keys in all")
    func picked() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("+"), .down, .character("C"), .enter)
        player.answer()
        #expect(player.screen.contains("Unit 0-") && player.screen.contains("Unit 0+"))
    }
}
