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
        #expect(player.screen.contains("concepts shared"), "nothing of it is cut off")
        #expect(player.screen.contains("Unit 0+") && player.screen.contains("Unit 1-"))
        #expect(player.screen.contains("= heel"), "concepts that both have are marked")
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.escape)
        #expect(player.screen.contains("nearest by what they mean"))
        player.press(.enter)
        player.answer()
        #expect(player.screen.contains("cosine 0.25 · correlation −0.50"), "also for the second time")
        player.press(.enter)
        #expect(player.state.overlay == nil && player.state.screen == .units)
        #expect(player.state.units.selected?.unit == SampleStudy.units[3])
        player.answer()
        player.press(.backspace)
        player.answer()
        #expect(player.screen.contains("cosine 0.25 · correlation −0.50"), "Backspace brings the two back")
    }

    @Test(
        "What other methods call the unit stands below, with scores; Enter goes to that concept's units",
        arguments: [(80, 24), (120, 36)])
    func answers(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows)
        let effects = player.press(.character("C"))
        guard case .kin(let unit, let job)? = effects.first(where: { if case .kin = $0 { true } else { false } }) else {
            return #expect(Bool(false), "nothing was asked")
        }
        player.answer()
        player.press(.pageDown, .pageDown)
        #expect(player.screen.contains("what other methods call it…"))
        let scores = ExplanationScores(activations: [0, 0, 2, 2], ConceptSignal(labels: [0, 0, 1, 1], class: 1))
        player.send(
            .answered(
                UnitAnswers(
                    unit: unit,
                    answers: [
                        .init(method: .description, concept: "heel", scores: scores),
                        .init(method: .networkDissection, concept: nil),
                        .init(method: .clipDissect, concept: "sole", scores: scores, isNoBetterThanChance: true),
                    ], images: 1234), job))
        player.press(.pageDown, .pageDown)
        #expect(player.screen.contains("what methods call it (Pearson, AUPRC on 1,234 held-out images)"))
        #expect(player.screen.contains("miclip") && player.screen.contains("heel"))
        #expect(player.screen.contains("network-dissection") && player.screen.contains("says nothing of it"))
        #expect(player.screen.contains("sole (no better than chance)") && player.screen.contains(" 1.00"))
        player.press(.up, .enter)
        #expect(player.state.overlay != nil, "nothing to go to")
        player.press(.down, .enter)
        #expect(player.state.overlay == nil && player.state.concept.text == "sole")
    }

    @Test("Any two: one picked by hand stands first in the list of another, four keys in all")
    func picked() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("+"), .down, .character("C"), .enter)
        player.answer()
        #expect(player.screen.contains("Unit 0-") && player.screen.contains("Unit 0+"))
    }
}
