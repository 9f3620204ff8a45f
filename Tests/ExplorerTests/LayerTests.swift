import Analysis
import Explorer
import Foundation
import ScriptedExplorer
import Testing

/// A study of five layers: `norm` on show, `blocks.8` whole, one interrupted, one not begun, one of another model.
@Suite("Layers")
struct LayerTests {
    private static let other = SampleStudy.layers[1].reference

    private func player(_ screen: Screen = .locate, columns: Int = 80, rows: Int = 24) -> Player {
        Player.atWork(columns: columns, rows: rows, screen: screen) { $0.layers = SampleStudy.layers }
    }

    /// The facts of another layer, which the runner answers with.
    private func facts(_ layer: LayerReference = other, features: Int = 0) -> StudyFacts {
        var facts = SampleStudy.facts
        (facts.model, facts.layer, facts.pooling) = (layer.model, layer.layer, layer.pooling)
        (facts.layers, facts.features) = (SampleStudy.layers, features)
        return facts
    }

    private func layerAsked(for effects: [Effect]) -> (layer: LayerReference, job: Job)? {
        effects.lazy.compactMap { if case .chooseLayer(let layer, let job) = $0 { (layer, job) } else { nil } }.first
    }

    /// Opens a layer and answers all that it asks for.
    private func go(to row: Int, _ player: inout Player) throws {
        player.press(.character("L"), .home)
        for _ in 0..<20 { player.press(.up) }
        for _ in 0..<row { player.press(.down) }
        let asked = try #require(layerAsked(for: player.press(.enter)))
        player.send(.opened(facts(asked.layer), asked.job))
        player.answer()
    }

    @Test("L lists them with their state; the one on show is marked")
    func overlay() {
        var player = player()
        #expect(player.press(.character("L")).isEmpty)
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map   vit norm · 60.0 %
             Concept boot                                             class boot (by name)
            ── Units by rivals ───────── 1/24 ─  ── Unit vit norm:0+ ──────────────────────
            ▎0+      ━━━━━   0.960 heel          heel      ━━━━━━━━━━━━━━━━━━━━━━━━━━  0.80
            ▎0-      ━━━━━   0.920 heel          sole      ━━━━━━━━━━━━━━━━━━━╸        0.60
            ▎1+      ━━━━╸   0.880 sole          boot      ━━━━━━━━━━━━━               0.40
            ▎1-      ━━━━╸   0.840 sole          strap     ━━━━━━╸                     0.20
            ▎2+ ╭─ Layers ─────────────────────────────────────────────────────────────╮
            ▎2- │   model    layer      pooling   units   state                        │
            ▎3+ │ ● vit      norm       cls          12   complete                     │
            ▎3- │   vit      blocks.8   cls       3,072   complete                     │
            ▎4+ │   vit      blocks.2   cls          12   45 of 120                    │
            ▎4- │   vit      blocks.1   cls          12   none                         │ot
             5+ │   resnet   layer4     mean      2,048   complete                     │
             5- ╰──────────────────────────────────────────────────────────────────────╯
             6+      ━━╸     0.480 heel
             6-      ━━╸     0.440 heel
             7+      ━━      0.400 sole
             7-      ━━      0.360 sole          3.0 boot   2.9 boot   2.8 boot   2.7 boot
             8+      ━╸      0.320 boot          ▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▄▄▄▄▄██████▄▄▄▄▄▂▂▂▂▂▁▁▁▁▁
             8-      ━╸      0.280 boot          −2.0                  ▲ mean           2.0
             9+      ━╸      0.240 strap         raises boot +0.50
             9-      ━       0.200 strap         lowers bag −0.25
             Enter choose  p probe head  c compare  a add  ↑↓ layer  Esc cancel
            """)
    }

    @Test("L works on every screen", arguments: Screen.allCases)
    func everywhere(screen: Screen) {
        var player = player(screen)
        player.press(.character("L"))
        #expect(player.screen.contains("╭─ Layers ─"))
    }

    @Test("The layer on show stays usable while the chosen one is opened, and Esc lets it go")
    func loading() throws {
        var player = player()
        player.press(.character("L"), .down)
        let asked = try #require(layerAsked(for: player.press(.enter)))
        #expect(asked.layer == Self.other && player.state.overlay == nil)
        #expect(player.screen.contains("→ vit blocks.8…"))
        #expect(player.press(.down).contains { if case .profile = $0 { true } else { false } })
        player.answer()
        player.send(.progress(WorkProgress(phase: .features, completed: 1, total: 4), secondsElapsed: 1))
        player.send(.terminal(.resize(Size(columns: 140, rows: 40))))
        #expect(player.screen.contains("opening vit blocks.8 25.0 %… · still vit norm"))
        #expect(player.press(.escape) == [.cancel(asked.job)])
        player.send(.opened(facts(), asked.job))
        #expect(player.state.study?.facts.layer == "norm", "what was let go of comes too late")
        player.press(.character("L"), .down)
        #expect(
            player.press(.enter).contains { if case .chooseLayer = $0 { true } else { false } }, "it may come again")
    }

    @Test("What cannot be opened is told, and the layer on show stays")
    func failing() throws {
        var player = player()
        player.press(.character("L"), .down, .down, .down)
        let asked = try #require(layerAsked(for: player.press(.enter)))
        player.send(.failed("blocks.1 is not extracted", asked.job))
        #expect(player.screen.hasSuffix("! blocks.1 is not extracted"))
        #expect(player.state.study?.facts.layer == "norm" && player.effects.isEmpty, "asked once")
    }

    @Test("Another layer begins with the same concept, and nothing turned up")
    func carrying() throws {
        var player = player(.steer)
        player.press(.character("/"))
        player.type("sole")
        player.press(.enter, .right, .character("]"))
        try go(to: 1, &player)
        #expect(player.state.screen == .steer && player.state.study?.facts.layer == "blocks.8")
        #expect(player.state.concept.text == "sole" && player.state.locate.found?.concept == "sole")
        #expect(player.state.steer.setSize == 11 && player.state.steer.beta == 1)
    }

    @Test("Coming back, everything is where it was left")
    func place() throws {
        var player = player()
        player.press(.down, .down, .character("2"), .character("s"), .character("S"), .character("f"))
        player.type("o")
        player.press(.enter, .down, .down, .down)
        player.answer()
        player.press(.character("3"), .right, .right, .character("a"))
        player.type("bag")
        player.press(.enter)
        player.answer()
        player.press(.character("1"), .down)
        player.answer()
        let (session, list) = (player.state.session, player.state.steer.list)
        let (located, listed) = (player.state.locate.selectedUnit, player.state.units.selected?.unit)
        #expect(located != nil && listed != nil)

        try go(to: 1, &player)
        #expect(player.state.steer.list.entries.count == 1 && player.state.units.filter.text.isEmpty)
        player.press(.character("/"))
        player.type("strap")
        player.press(.enter)
        player.answer()
        try go(to: 0, &player)
        #expect(player.state.steer.list == list && player.state.concept.text == "bag")
        #expect(player.state.locate.selectedUnit == located)
        #expect(player.state.units.selected?.unit == listed && player.state.units.filter.text == "o")
        #expect(player.state.units.sort == .concept && player.state.units.isReversed)
        #expect(player.state.session.places.first { $0.layer == SampleStudy.facts.reference } == session.places.first)
        #expect(player.press(.character("u")).isEmpty || player.state.steer.list != list)
    }

    @Test("The session keeps the place in every layer, and goes back to the layer that was on show")
    func session() throws {
        var player = player()
        player.press(.down, .down)
        try go(to: 1, &player)
        player.press(.character("/"))
        player.type("strap")
        player.press(.enter)
        player.answer()
        guard case .saveSession(let session) = player.press(.character("q")).first else {
            return #expect(Bool(false), "q must save")
        }
        #expect(session.layer == Self.other && session.places.map(\.layer.layer) == ["blocks.8", "norm"])
        let stored = try JSONEncoder().encode(session)
        let read = try JSONDecoder().decode(Session.self, from: stored)
        #expect(read == session)

        var next = Player()
        next.send(.opened(facts(SampleStudy.facts.reference)))
        next.answer()
        let asked = try #require(layerAsked(for: next.send(.restored(read))))
        #expect(asked.layer == Self.other)
        next.answer()
        #expect(next.state.locate.selectedUnit == SampleStudy.units[2], "the first layer's place, meanwhile")
        next.send(.opened(facts(), asked.job))
        next.answer()
        #expect(next.state.concept.text == "strap" && next.state.session == session)
    }

    @Test("Stored sessions have explicit keys; one of another version is not read")
    func format() throws {
        var player = player(.steer)
        player.press(.right)
        let text = try String(decoding: JSONEncoder().encode(player.state.session), as: UTF8.self)
        for part in [
            #""version":1"#, #""layer":{"#, #""model":"vit""#, #""pooling":"cls""#, #""places":["#,
            #""located":"norm:0+""#, #""scalingBeta":1.05"#, #""top":10"#, #""reversed":false"#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        #expect(!text.contains("_0"))
        let newer = text.replacing(#""version":1"#, with: #""version":2"#)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Session.self, from: Data(newer.utf8)) }
    }

    @Test("What was steered carries its layer")
    func record() throws {
        var player = player(.steer)
        player.press(.right, .character("["), .character("o"))
        player.answer()
        guard case .write(.session(let record), "session") = player.press(.character("w"), .enter).last else {
            return #expect(Bool(false), "w must write")
        }
        #expect(record.layer == SampleStudy.facts.reference)
        let text = try String(decoding: JSONEncoder().encode(record), as: UTF8.self)
        #expect(!text.contains("_0") && text.contains(#""action":"size""#) && text.contains(#""version":1"#))
        #expect(try JSONDecoder().decode(SteeringRecord.self, from: Data(text.utf8)) == record)
    }

    @Test("A finding of another layer says which, shows what was kept, and stars no unit here")
    func findings() {
        var player = player(.findings)
        var findings = SampleStudy.findings
        findings[0].origin = Self.other
        findings[1].origin = SampleStudy.facts.reference
        player.send(.findings(findings))
        #expect(!player.effects.contains { if case .profile = $0 { true } else { false } }, "not of this layer")
        let rows = player.screen.split(separator: "\n").map(String.init)
        #expect(rows[4].contains("the heel, no") && rows[4].contains("vit blocks.8"))
        #expect(player.screen.contains("of vit blocks.8") && player.screen.contains("L goes to that layer"))
        #expect(player.screen.contains("collar"), "the concepts that were kept")
        #expect(!rows[6].contains("vit"), "of this layer nothing need be said")
        player.press(.character("1"))
        #expect(!player.screen.contains("★"))
    }

    @Test("Enter on a finding of another layer opens that, and goes to the unit, or steers so")
    func applying() throws {
        var findings = SampleStudy.findings
        for place in findings.indices { findings[place].origin = Self.other }
        for place in findings.indices {
            var player = player(.findings)
            player.send(.findings(findings))
            for _ in 0..<place { player.press(.down) }
            let asked = try #require(layerAsked(for: player.press(.enter)))
            #expect(asked.layer == Self.other)
            player.send(.opened(facts(asked.layer), asked.job))
            player.answer()
            if place == 0 {
                #expect(player.state.screen == .units && player.state.units.selected?.unit.index == 2)
            } else {
                #expect(player.state.screen == .steer && player.state.steer.list.active.beta == 2)
                #expect(player.state.steer.list.active.concept.hasPrefix("boot = 0+ 0- 1+"))
            }
        }
    }

    @Test("What comes too late from the layer before is dropped")
    func lateAnswers() throws {
        var player = player()
        player.press(.character("/"))
        let effects = player.type("sole")
        guard case .locate(_, _, _, let late)? = effects.last else { return #expect(Bool(false), "typing must ask") }
        player.press(.enter)
        try go(to: 1, &player)
        player.send(.located(SampleStudy.found("dress"), isExact: true, late))
        #expect(player.state.locate.found?.concept == "sole")
    }
}
