import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Long work beside: begun, followed, stopped, gone on with.
@Suite("Long work")
struct WorkTests {
    private func asked(_ effects: [Effect]) -> (LongWork, LayerReference?, Job)? {
        effects.lazy.compactMap { if case .work(let work, let layer, let job) = $0 { (work, layer, job) } else { nil } }
            .first
    }

    private func cancelled(_ effects: [Effect]) -> [Job] {
        effects.compactMap { if case .cancel(let job) = $0 { job } else { nil } }
    }

    @Test(
        "B offers it; an offer is typed out, changed and begun; its progress says step, rate and time left",
        arguments: [(80, 24), (120, 36), (200, 60)])
    func begins(columns: Int, rows: Int) throws {
        var player = Player.atWork(columns: columns, rows: rows)
        player.press(.character("B"))
        #expect(
            player.screen.contains("+ extract --layer") && player.screen.contains("+ sae train --features 8x --k 16"))
        player.press(.down, .down, .enter, .backspace)
        player.type("3")
        let (work, layer, job) = try #require(asked(player.press(.enter)))
        #expect(work == .align(.infoNCE, seed: 3) && layer == SampleStudy.facts.reference)
        #expect(player.screen.contains("begins…"))
        player.send(.working(WorkProgress(phase: .alignment, completed: 1200, total: 6000, rate: 340), job))
        #expect(player.screen.contains("1,200 of 6,000") && player.screen.contains("340/s · 15 s left"))
        player.press(.character("q"))
        let words = columns == 80 ? "at work" : "align"
        #expect(player.state.overlay == nil && player.screen.contains(words), "the header says what runs")
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        // The rest stays usable.
        #expect(player.press(.character("2"), .down).contains { if case .profile = $0 { true } else { false } })
        var layers = SampleStudy.layers
        layers[2].rows = 120
        let effects = player.send(
            .worked(WorkDone(summary: "epoch 4 of 9 kept", layers: layers, changes: layer), job))
        #expect(player.state.study?.facts.layers == layers)
        #expect(
            effects.contains { if case .chooseLayer(layer, _) = $0 { true } else { false } },
            "the layer on show is opened anew")
        player.press(.character("B"))
        #expect(player.screen.contains("epoch 4 of 9 kept") && player.screen.contains("Log"))
    }

    @Test("Keys that the panel names work in it, also where no study is open")
    func namedKeys() {
        func panel() -> Player {
            var player = Player.atWork { $0.layers = SampleStudy.layers }
            player.press(.character("B"))
            return player
        }
        var (form, tables, layers) = (panel(), panel(), panel())
        #expect(form.screen.contains("by a form (O)") && form.screen.contains("with its controls (E)"))
        form.press(.character("O"))
        if case .newStudy = form.state.overlay {} else { #expect(Bool(false), "O shows no form") }
        tables.press(.character("E"))
        if case .evaluation = tables.state.overlay {} else { #expect(Bool(false), "E shows no tables") }
        layers.press(.character("L"))
        if case .layers = layers.state.overlay {} else { #expect(Bool(false), "L shows no layers") }

        var without = Player()
        without.send(.noStudy(at: "new.study"))
        without.press(.escape, .character("B"), .character("E"))
        #expect(without.screen.contains("No study is open; O makes one"))
        without.press(.character("O"))
        if case .newStudy = without.state.overlay {} else { #expect(Bool(false), "O shows no form") }
    }

    @Test("Esc and x stop it without harm; Enter goes on; what waits begins after it")
    func stops() throws {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("B"), .character("a"))
        player.type("extract --layer blocks.2:mean")
        let (work, _, first) = try #require(asked(player.press(.enter)))
        #expect(work == .extract(layer: "blocks.2", pooling: "mean"))
        player.send(.working(WorkProgress(phase: .activations, completed: 10, total: 20, rate: 5), first))
        #expect(player.screen.contains("step 2 of 3 · Extracting activations 10 of 20 · 5.0/s · 2 s left"))
        player.press(.character("a"))
        player.type("sae train --k 4 --features 96")
        #expect(asked(player.press(.enter)) == nil && player.screen.contains("waits"), "one at a time")
        let effects = player.press(.escape)
        #expect(cancelled(effects) == [first])
        let (next, _, second) = try #require(asked(effects))
        #expect(next == .train(.number(96), k: 4, seed: 0))
        // What was on its way counts no more.
        player.send(.worked(WorkDone(summary: "late", layers: [], changes: nil), first))
        #expect(player.screen.contains("stopped; Enter goes on") && !player.screen.contains("late"))
        #expect(cancelled(player.press(.character("x"))) == [second])
        player.press(.up)
        let (again, _, third) = try #require(asked(player.press(.enter)))
        #expect(again == work && third != first)
        player.send(.failed("no room on the disk", third))
        #expect(player.screen.contains("no room on the disk; Enter tries again"))
        player.press(.escape)
        #expect(player.state.overlay == nil)
    }

    @Test("Another layer does not stop it; a in the list of layers begins one more")
    func layers() throws {
        var player = Player.atWork(columns: 120, rows: 36) { $0.layers = SampleStudy.layers }
        player.press(.character("L"), .character("a"))
        player.type("blocks.3")
        let (work, layer, job) = try #require(asked(player.press(.enter)))
        #expect(work == .extract(layer: "blocks.3", pooling: nil))
        player.press(.character("q"))
        var facts = SampleStudy.facts
        (facts.layer, facts.layers) = ("blocks.8", SampleStudy.layers)
        #expect(cancelled(player.send(.opened(facts))).isEmpty)
        player.send(.worked(WorkDone(summary: "there", layers: SampleStudy.layers, changes: layer), job))
        #expect(player.screen.contains("there") && player.state.study?.facts.layer == "blocks.8")
    }

    @Test(
        "What cannot be read says what was expected and found",
        arguments: [
            ("", "found nothing"), ("fly", "found fly"), ("extract", "--layer"), ("extract --layer", "a value"),
            ("extract --layer a:", "found a:"), ("align --method magic", "closed-form or infonce; found magic"),
            ("align --sed 1", "found --sed"), ("sae train --features 0x", "found 0x"), ("sae train --k no", "found no"),
            ("sae import", "a folder or file"), ("extract --layer a --layer b", "--layer once"),
            ("align --seed -1", "found -1"),
        ])
    func faults(text: String, words: String) {
        var player = Player.atWork(columns: 200, rows: 60)
        player.press(.character("B"), .character("a"))
        player.type(text)
        #expect(asked(player.press(.enter)) == nil)
        #expect(player.screen.contains(words), "\(player.screen.split(separator: "\n").last ?? "")")
    }

    @Test("What is written reads back the same")
    func roundTrip() throws {
        let all: [LongWork] = [
            .extract(layer: "blocks.2", pooling: nil), .extract(layer: "layer4", pooling: "mean"),
            .align(.closedForm, seed: 0), .align(.infoNCE, seed: 7), .train(.multiple(8), k: 16, seed: 0),
            .train(.number(100), k: 3, seed: 2), .import(path: "my sae/file.safetensors"),
        ]
        for work in all { #expect(try LongWork("\(work)") == work) }
    }

    @Test("The tables are offered too, and go to their own screen")
    func evaluation() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("B"))
        #expect(player.screen.contains("+ evaluate"))
        for _ in 0..<5 { player.press(.down) }
        player.press(.enter)
        guard case .evaluation = player.state.overlay else { return #expect(Bool(false), "no tables") }
    }
}
