import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Making a study from inside: the form, the work, the opening.
@Suite("A new study")
struct NewStudyTests {
    private static let sizes = [(80, 24), (120, 36), (200, 60)]

    private func asked(_ effects: [Effect]) -> (draft: StudyDraft, layer: LayerReference?, job: Job)? {
        for case .work(.create(let draft), let layer, let job) in effects { return (draft, layer, job) }
        return nil
    }

    private func form(_ player: Player) -> NewStudyForm? {
        if case .newStudy(let form) = player.state.overlay { form } else { nil }
    }

    /// A player without a study, with the form up.
    private func withoutStudy(columns: Int = 80, rows: Int = 24, earlier: [StudyDraft] = []) -> Player {
        var player = Player(columns: columns, rows: rows)
        let effects = player.send(.noStudy(at: "photos.study"))
        for case .readEarlier(let job) in effects {
            player.send(.earlier(earlier, standard: StudyDraft([.model: "vit", .layer: "norm"]), job))
        }
        return player
    }

    private func advise(_ player: inout Player, _ effects: [Effect], _ completions: [String]) {
        for case .advise(_, _, let job) in effects {
            player.send(.advised(FieldAdvice(completions: completions, note: "nothing there", isFault: true), job))
        }
    }

    @Test("Where no study stands it is asked for, made with its steps told, and opened", arguments: sizes)
    func fromNothing(columns: Int, rows: Int) throws {
        var player = withoutStudy(columns: columns, rows: rows)
        #expect(player.screen.contains("A new study") && player.screen.contains("photos.study"))
        #expect(form(player)?.draft == StudyDraft([.study: "photos.study", .model: "vit", .layer: "norm"]))
        player.press(.down)
        player.type("photos")
        #expect(player.screen.contains("What units are described by"))
        for line in player.screen.split(separator: "\n") { #expect(displayWidth(of: String(line)) <= columns) }
        let (draft, layer, job) = try #require(asked(player.press(.enter)))
        #expect(draft[.probeImages] == "photos" && draft[.heldOutImages] == nil && layer == nil)
        player.send(.working(WorkProgress(phase: .activations, completed: 5, total: 10, rate: 2), job))
        #expect(player.screen.contains("step 2 of 3") && player.screen.contains("▶"))
        let effects = player.send(.worked(WorkDone(summary: "made", layers: [], changes: nil, opens: "/p.study"), job))
        #expect(effects.last == .openStudy("/p.study"))
        #expect(player.state.stage == .opening(nil, secondsElapsed: 0))
        player.send(.opened(SampleStudy.facts))
        player.answer()
        #expect(player.state.screen == .locate && player.state.locate.found != nil)
        player.press(.character("B"))
        #expect(player.screen.contains("made"), "its log is still there")
    }

    @Test("What is wrong is one line, and Enter leads back to the form with it")
    func faults() throws {
        var player = withoutStudy(columns: 120, rows: 36)
        let (draft, _, job) = try #require(asked(player.press(.enter)))
        player.send(.failed("photoz: no such file or folder", job))
        #expect(player.screen.contains("✗") && player.screen.contains("photoz: no such file or folder"))
        player.press(.enter)
        #expect(form(player)?.draft == draft && form(player)?.fault == "photoz: no such file or folder")
        #expect(player.screen.contains("photoz: no such file or folder"))
        player.press(.control("u"))
        #expect(asked(player.press(.enter)) == nil)
        #expect(player.screen.contains("Expected a folder for the study; found nothing"))
        player.press(.escape)
        #expect(player.state.overlay == nil && player.screen.contains("No study at photos.study yet."))
        #expect(player.press(.character("q")) == [.quit])
    }

    @Test("Esc stops it, and Enter goes on")
    func stopping() throws {
        var player = withoutStudy()
        let (_, _, job) = try #require(asked(player.press(.enter)))
        #expect(player.press(.escape).contains(.cancel(job)))
        #expect(player.screen.contains("stopped"))
        #expect(asked(player.press(.enter))?.draft[.study] == "photos.study")
    }

    @Test("Tab goes as far as all completions agree, then through them; what is of an older text is not taken")
    func completing() throws {
        var player = withoutStudy(columns: 120, rows: 36)
        var effects = player.press(.down)
        effects = player.type("ph")
        advise(&player, effects, ["photos/", "photographs/"])
        #expect(player.screen.contains("nothing there") && player.screen.contains("photographs/"))
        #expect(player.screen.contains("2 ways"))
        effects = player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photo")
        player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photo", "what could come behind is not known yet")
        advise(&player, effects, ["photos/", "photographs/"])
        player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photos/")
        player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photographs/")
        player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photos/")
        effects = player.type("x")
        advise(&player, effects, ["photos/x.txt"])
        player.press(.tab)
        #expect(form(player)?.draft[.probeImages] == "photos/x.txt")
    }

    @Test("Ctrl-P brings what a field was before, each once; the form comes back as it was left")
    func history() {
        let earlier = [
            StudyDraft([.study: "b.study", .model: "clip"]), StudyDraft([.study: "a.study", .model: "clip"]),
            StudyDraft([.model: "resnet"]),
        ]
        var player = withoutStudy(earlier: earlier)
        player.press(.down, .down, .down, .control("p"))
        #expect(form(player)?.draft[.model] == "clip")
        player.press(.control("p"))
        #expect(form(player)?.draft[.model] == "resnet")
        player.press(.control("p"), .control("n"))
        #expect(form(player)?.draft[.model] == "clip")
        player.press(.escape, .character("O"))
        #expect(form(player)?.draft[.model] == "clip")
    }

    @Test("Beside an open study it waits until it is asked for, and what is on show is kept first")
    func beside() throws {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("O"))
        player.answer()
        let (_, layer, job) = try #require(asked(player.press(.enter)))
        #expect(layer == nil)
        player.press(.character("q"), .character("2"), .down)
        #expect(player.state.screen == .units, "the explorer stays usable")
        #expect(
            player.send(.worked(WorkDone(summary: "made", layers: [], changes: nil, opens: "/p.study"), job)).isEmpty)
        #expect(player.screen.contains("made; Enter on it in B opens it") && player.state.study != nil)
        let effects = player.press(.character("B"), .enter)
        guard case .saveSession(let session) = effects.first else { return #expect(Bool(false), "the place is kept") }
        #expect(session.screen == .units && effects.last == .openStudy("/p.study"))
        #expect(player.press(.character("m"), .character("D")).isEmpty, "no key reaches either study on the way")
        player.send(.opened(SampleStudy.facts))
        #expect(player.state.study != nil && player.state.findings.all.isEmpty)
    }

    @Test("Work on the study on show holds the other back, and is not taken for the other's")
    func workOnBoth() throws {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("O"))
        player.answer()
        let (_, _, job) = try #require(asked(player.press(.enter)))
        player.press(.character("a"))
        player.type("align --seed 3")
        player.press(.enter)
        let effects = player.send(.worked(WorkDone(summary: "made", layers: [], changes: nil, opens: "/p"), job))
        #expect(!effects.contains(.openStudy("/p")), "the alignment of this study comes first")
        player.press(.up)
        #expect(!player.press(.enter).contains(.openStudy("/p")))
        #expect(player.screen.contains("Work on this study is not over"))
        player.press(.down, .character("x"), .up)
        #expect(player.press(.enter).last == .openStudy("/p"))
        player.send(.opened(SampleStudy.facts))
        player.press(.character("B"))
        #expect(player.state.work.items.map(\.work) == [.create(StudyDraft([.study: "new.study", .layer: "norm"]))])
    }

    @Test("The offer in B leads to the form")
    func offer() {
        var player = Player.atWork(columns: 120, rows: 36)
        player.press(.character("B"), .up)
        for _ in 0..<9 { player.press(.down) }
        player.press(.enter)
        #expect(form(player) != nil)
    }

    @Test("What is typed of a study reads back the same, blanks and quotation marks in its paths")
    func roundTrip() throws {
        let draft = StudyDraft([.study: "my photos.study", .probeImages: "Tom's photos", .layer: "layer4:mean"])
        #expect(
            "\(draft)"
                == "extract --study 'my photos.study' --probe-images 'Tom'\\''s photos' --layer layer4:mean")
        #expect(try LongWork("\(draft)") == .create(draft))
        #expect(shellWords("a  'b c'd \"e \\\" f\" g\\ h '' 'open") == ["a", "b cd", "e \" f", "g h", "", "open"])
    }
}
