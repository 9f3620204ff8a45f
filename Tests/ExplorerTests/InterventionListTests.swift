import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("Several interventions")
struct InterventionListTests {
    /// Boots scaled by 1.05 and bags removed, the second selected.
    private func two(_ change: (inout StudyFacts) -> Void = { _ in }) -> Player {
        var player = Player.atWork(screen: .steer, change)
        player.press(.right, .character("a"))
        player.type("bag")
        player.answer()
        player.press(.enter, .character("0"))
        player.answer()
        return player
    }

    private func curves(_ effects: [Effect]) -> [Steering] {
        effects.compactMap { if case .curve(let steering, _, _, _, _) = $0 { steering } else { nil } }
    }

    @Test("An added intervention takes the typed concept; the first one holds where it was")
    func adding() {
        let player = two()
        #expect(player.state.steer.list.entries.map(\.concept) == ["boot", "bag"])
        #expect(player.state.steer.list.entries.map(\.scalingBeta) == [1.05, 0])
        #expect(player.state.steer.list.selected == 1)
        let rows = player.screen.split(separator: "\n").map(String.init)
        #expect(rows.contains { $0.contains("  1 boot") && $0.contains("top 10") && $0.hasSuffix("×1.05") })
        #expect(rows.contains { $0.contains("▸ 2 bag") && $0.hasSuffix("×0.00") })
    }

    @Test("Moving the selected one asks for nothing; selecting the other asks for its curve while the first holds")
    func selecting() {
        var player = two()
        #expect(player.press(.right, .right).isEmpty)
        let asked = curves(player.press(.character(",")))
        #expect(asked.count == 1)
        #expect(asked.first?.interventions.map(\.beta) == [1, 0.1], "the moving one at its identity")
        #expect(asked.first?.moving == 0)
        #expect(player.state.concept.text == "boot")
        player.answer()
        player.press(.character(","))
        #expect(player.state.steer.list.selected == 0, "there is none above the first")
    }

    @Test("A muted intervention is left out, and stays in the list")
    func muting() {
        var player = two()
        player.press(.character(","))
        player.answer()
        player.press(.character("."))
        player.answer()
        let asked = curves(player.press(.character("x")))
        #expect(asked.first?.interventions.map(\.units.count) == [10, 0])
        player.answer()
        #expect(player.screen.contains("muted"))
        player.press(.character(","))
        #expect(player.state.steer.list.entries.map(\.isMuted) == [false, true])
    }

    @Test("Order and deletion; the last one stays")
    func order() {
        var player = two()
        player.press(.character("<"))
        #expect(player.state.steer.list.entries.map(\.concept) == ["bag", "boot"])
        #expect(player.state.steer.list.selected == 0)
        player.press(.character(">"), .character("D"))
        #expect(player.state.steer.list.entries.map(\.concept) == ["boot"])
        #expect(player.state.concept.text == "boot")
        player.press(.character("D"))
        #expect(player.state.steer.list.entries.count == 1)
    }

    @Test("u takes back every change of a slider or set, one by one, and Ctrl-R brings each back")
    func undo() {
        var player = Player.atWork(screen: .steer)
        var lists = [player.state.steer.list]
        for key in [Key.right, .right, .character("]"), .character("o"), .left, .character("x"), .character("r")] {
            player.press(key)
            player.answer()
            lists.append(player.state.steer.list)
        }
        player.press(.character("a"))
        player.type("bag")
        player.press(.enter)
        player.answer()
        lists.append(player.state.steer.list)
        // Adding and typing are one change.
        player.press(.character("u"))
        player.answer()
        for list in lists.dropLast().reversed() {
            #expect(player.state.steer.list == list)
            player.press(.character("u"))
            player.answer()
        }
        #expect(player.state.steer.list == lists[0])
        #expect(player.screen.contains("Nothing to undo"))
        for _ in 0..<20 {
            player.press(.control("r"))
            player.answer()
        }
        #expect(player.state.steer.list == lists.last)
        #expect(player.screen.contains("Nothing to redo"))
        player.press(.character("u"), .right, .control("r"))
        #expect(player.screen.contains("Nothing to redo"), "a new change ends what could be redone")
    }

    @Test("A drag is one change")
    func dragging() {
        var player = Player.atWork(screen: .steer)
        player.mouse(.press, 20, 4)
        for column in 21..<26 { player.mouse(.drag, column, 4) }
        player.mouse(.release, 26, 4)
        #expect(player.state.steer.scalingBeta > 0)
        player.press(.character("u"))
        #expect(player.state.steer.scalingBeta == 1)
    }

    @Test("The session that w writes leads from its start to the list on the screen, with the figures on it")
    func record() throws {
        var player = two()
        player.press(.character(","), .right, .character("u"), .character("}"))
        player.answer()
        guard case .write(.session(let record), "session") = player.press(.character("w"), .enter).last else {
            return #expect(Bool(false), "w must write")
        }
        #expect(record.end == player.state.steer.list)
        #expect(record.target == "boot")
        #expect(record.outcome != nil)
        #expect(record.start.entries.count == 1)
    }

    @Test("Quitting keeps all interventions, and the next start locates those that hold")
    func session() {
        var player = two()
        guard case .saveSession(let session) = player.press(.character("q")).first else {
            return #expect(Bool(false), "q must save")
        }
        var next = Player()
        next.send(.opened(SampleStudy.facts))
        let effects = next.send(.restored(session))
        #expect(next.state.steer.list == player.state.steer.list)
        let located = effects.compactMap { if case .locate(let concept, _, _, _) = $0 { concept } else { nil } }
        #expect(located == ["bag", "boot"])
        next.answer()
        #expect(next.state.session == session)
        #expect(next.screen.contains("1 boot") && next.screen.contains("2 bag"))
    }

    @Test("Several interventions are marked as one finding")
    func marking() {
        var player = two()
        player.press(.character("m"))
        guard case .store(let subject, _, _, _) = player.press(.enter).first,
            case .steering(let concepts, _, let steering, _) = subject
        else { return #expect(Bool(false), "m and Enter must store") }
        #expect(concepts == ["boot", "bag"])
        #expect(steering.interventions.map(\.beta) == [1.05, 0])
    }

    @Test("A finding is called by what acts in it")
    func titles() {
        let units = SampleStudy.units
        func title(_ betas: [Double]) -> String {
            let interventions = zip(units, betas).map { Intervention(units: [$0], operator: .scaling, beta: $1) }
            let target = ConceptClass(index: 0, name: "boot", origin: .name)
            return Finding.Subject.steering(
                concepts: ["boot", "bag"], target: target, Steering(interventions, moving: 0), SampleStudy.outcome
            ).title
        }
        #expect(title([1, -1]) == "bag ×−1.00" && title([2, -1]) == "boot ×2.00, bag ×−1.00")
        #expect(title([1, 1]) == "boot ×1.00, bag ×1.00", "what changes nothing has a name too")
    }

    @Test("What happened: flows, classes and the selected image before and after")
    func changes() {
        var player = two()
        player.send(.terminal(.resize(Size(columns: 120, rows: 36))))
        player.answer()
        let effects = player.press(.character("c"))
        #expect(effects.contains { if case .inspect = $0 { true } else { false } })
        #expect(player.screen.contains("Looking at the images"))
        player.answer()
        #expect(player.screen.contains("2 turned right, 1 turned wrong"))
        #expect(player.screen.contains("image 2, in truth bag"))
        player.press(.down)
        #expect(player.screen.contains("image 0, in truth boot"))
        player.press(.escape)
        #expect(player.state.overlay == nil)
    }

    @Test(
        "What happened: every image by what became of it or by class pair, told by sign and word",
        arguments: [(80, 24), (120, 36), (200, 60)])
    func changeGroups(columns: Int, rows: Int) {
        var player = two()
        player.send(.terminal(.resize(Size(columns: columns, rows: rows))))
        player.answer()
        player.press(.character("c"))
        player.answer()
        func shown() -> [String] {
            player.screen.split(separator: "\n").map(String.init).filter {
                $0.contains("✗ bag → dress") || $0.contains("✓ bag → boot")
            }
        }
        #expect(shown().count == 3 && player.screen.contains("3 images"))
        #expect(player.screen.contains("✗ turned wrong") && player.screen.contains("✓ turned right"))
        player.press(.tab, .down)
        #expect(shown().count == 1 && player.screen.contains("✗ bag → dress"))
        player.press(.down)
        #expect(shown().count == 2 && player.screen.contains("✓ bag → boot"))
        player.press(.end)
        #expect(shown().count == 1, "the last pair: bag → dress")
        player.press(.enter)
        #expect(player.screen.contains(columns == 80 ? "image 2, is bag" : "image 2, in truth bag"))
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        player.press(.enter)
        #expect(player.state.overlay == nil)
    }

    @Test("What happened names both classes of a change whole at 80 columns")
    func names() throws {
        var player = two { $0.classes = ["sneaker", "pullover", "ankle boot"] }
        let effects = player.press(.character("c"))
        let job: Job? = effects.lazy.compactMap { if case .inspect(_, let job) = $0 { job } else { nil } }.first
        var inspection = SampleStudy.inspection
        inspection.changes = PredictionChanges(
            before: [2, 0, 1], after: [0, 2, 2], labels: [2, 0, 1], classes: 3, images: nil)
        player.send(.inspected(inspection, try #require(job)))
        for text in ["✗ ankle boot → sneaker ", "✗ sneaker → ankle boot ", "✗ pullover → ankle boot"] {
            #expect(player.screen.contains(text), "\(text)")
        }
        #expect(player.screen.contains("100.0 → 0.0 −100.0"), "figures stay apart")
    }

    @Test("An image that was not among the first is looked at when it is selected, once")
    func lateImages() throws {
        var player = two()
        player.answer()
        let effects = player.press(.character("c"))
        let job: Job? = effects.lazy.compactMap { if case .inspect(_, let job) = $0 { job } else { nil } }.first
        var inspection = SampleStudy.inspection
        inspection.images = []
        let asked = player.send(.inspected(inspection, try #require(job))).compactMap { effect -> ([Int], Job)? in
            if case .compare(_, let images, let job) = effect { (images, job) } else { nil }
        }
        #expect(asked.map(\.0) == [[2, 0, 1]] && player.screen.contains("Looking at it…"))
        player.send(.compared(SampleStudy.inspection.images, asked[0].1))
        #expect(player.screen.contains("image 2, is bag"))
        #expect(!player.press(.down).contains { if case .compare = $0 { true } else { false } })
    }

    @Test("Behind a norm the curve is swept by formula, and each β is counted at once")
    func closedForm() {
        var player = Player()
        player.send(.opened(SampleStudy.facts(.normalized)))
        player.answer()
        player.press(.character("3"))
        let effects = player.effects
        #expect(effects.contains { if case .sweep = $0 { true } else { false } })
        #expect(effects.contains { if case .count = $0 { true } else { false } })
        player.answer()
        #expect(player.screen.contains("exact, 20 held-out images"))
        #expect(player.press(.right).count == 1, "a step counts, and sweeps nothing")
    }
}
