import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Every screen as a whole frame, at three sizes and five depths of colour: what must hold of each, whatever it shows.
@Suite("Whole frames")
struct WholeFrameTests {
    /// A colour of its own for every role, so that a cell tells which it has.
    private static let theme = Theme(
        name: "told apart",
        colors: Dictionary(
            uniqueKeysWithValues: Role.allCases.enumerated().map { place, role in
                (role, RGB?.some(RGB(UInt8(20 + 9 * place), UInt8(200 - 9 * place), 77)))
            }))

    struct Scene: Sendable, CustomTestStringConvertible {
        let name: String
        /// What it shows at every size.
        let says: [String]
        /// Whether it is drawn over another screen.
        let isOver: Bool
        let play: @Sendable (inout Player) -> Void

        init(_ name: String, says: [String], over: Bool = false, _ play: @escaping @Sendable (inout Player) -> Void) {
            (self.name, self.says, isOver, self.play) = (name, says, over, play)
        }

        var testDescription: String { name }
    }

    private static func key(_ character: Character, then more: Key...) -> @Sendable (inout Player) -> Void {
        { player in
            player.press(.character(character))
            player.answer()
            for key in more {
                player.press(key)
                player.answer()
            }
        }
    }

    static let scenes = [
        Scene("Locate", says: ["1 Locate", "Units by rivals", "norm:0+", "heel", "raises"]) { _ in },
        Scene("Locate, typing", says: ["Concept striped sole", "Enter to the list"]) { player in
            player.press(.character("/"), .control("u"))
            player.type("striped sole")
            player.answer()
        },
        Scene("Locate, an answer far from all", says: ["far from"]) { player in
            var far = SampleStudy.found("xyzzy")
            far.nearest = NearestConcept(concept: "heel", score: 0.31, isFar: true)
            player.press(.character("/"), .control("u"))
            for effect in player.type("xyzzy") {
                if case .locate("xyzzy", _, _, let job) = effect { player.send(.located(far, isExact: true, job)) }
            }
        },
        Scene("Units", says: ["norm", "best concept", "24 of 24 units"], key("2")),
        Scene("Units, filtered", says: ["Filter sole", "of 24 units"]) { player in
            key("2")(&player)
            player.press(.character("f"))
            player.type("sole")
            player.answer()
        },
        Scene("Units counted", says: ["Units by best concept", "heel"], over: true, key("2", then: .character("#"))),
        Scene("Columns", says: ["Columns", "how alike its images are"], over: true, key("2", then: .character("c"))),
        Scene("Profile", says: ["norm:0+", "locate concept"], key("1", then: .tab)),
        Scene("Heat", says: ["most activating"], key("p", then: .down)),
        Scene("Layers", says: ["Layers", "blocks.8", "3,072"], over: true, key("L")),
        Scene("Concept sets", says: ["english 20k", "20,191"], over: true, key("V")),
        Scene("Steer", says: ["Steer the top 10", "units τ", "∆Acc", "other", "50 %"], key("3", then: .right, .right)),
        Scene("Steer by a unit", says: ["Steer", "scale β", "∆Acc"], key("g", then: .character("0"))),
        Scene(
            "What happened", says: ["2 turned right", "1 turned wrong", "✗", "✓", "before", "after"],
            key("3", then: .character("0"), .character("c"))),
        Scene("Map", says: ["Units by super-category", "silhouette"], key("5")),
        Scene("Map by class", says: ["Units by class"], key("5", then: .character("c"), .character("z"))),
        Scene("Map, searched", says: ["Search heel", "lit"]) { player in
            key("5")(&player)
            player.press(.character("/"))
            player.type("heel")
            player.answer()
        },
        Scene("Findings", says: ["Findings", "2 kept", "scaling, β = 2.00"]) { player in
            key("4")(&player)
            player.send(.findings(SampleStudy.findings))
            player.press(.down)
            player.answer()
        },
        Scene("Findings, none", says: ["4 Findings"], key("4")),
        Scene("A note", says: ["Note heel", "Enter keep"], over: true) { player in
            player.press(.character("m"))
            player.type("heel")
        },
        Scene("Copy", says: ["Copy", "norm:0+"], over: true, key("y")),
        Scene("Export", says: ["Markdown", "spreadsheet"], over: true) { player in
            key("4")(&player)
            player.send(.findings(SampleStudy.findings))
            player.press(.character("e"))
        },
        Scene("Evaluation", says: ["Evaluation of", "norm", "method 0", "Whole"], over: true) { player in
            let section = ReportSection(
                title: "Interventions on neurons", sentences: ["Change of accuracy in points."],
                columns: ["units by", "role", "τ"], rows: (0..<40).map { ["method \($0)", "control", "20"] })
            for case .evaluate(let job) in player.press(.character("E")) {
                player.send(.evaluated([section], isWhole: true, job))
            }
        },
        Scene("Circuit", says: ["What the unit moves", "blocks.8", "−1.50 ± 0.75"], over: true) { player in
            let layer = LayerReference(model: "vit", layer: "blocks.8", pooling: "cls")
            let moved = (0..<3).map { place in
                Circuit.Moved(
                    unit: InternalUnit(layer: "blocks.8", index: 10 + place, pole: .positive),
                    concept: SampleStudy.concepts[place], change: -1.5 + Double(place), halfWidth: 0.75)
            }
            for case .circuit(let unit, let job) in player.press(.character("W")) {
                let circuit = Circuit(
                    unit: unit, beta: 0, images: 48, imagesInAll: 100,
                    layers: [Circuit.Layer(reference: layer, moved: moved)])
                player.send(.circuit(circuit, isWhole: true, job))
            }
        },
        Scene("Compare", says: ["nearest by what they mean (cosine)", "+0.90"], over: true, key("C")),
        Scene(
            "Compared", says: ["cosine 0.25", "Unit 0+", "Unit 1+"], over: true, key("C", then: .enter)),
        Scene("Long work", says: ["Long work", "+ sae train"], over: true) { player in
            player.press(.character("B"), .down, .down, .enter)
            for case .work(_, _, let job) in player.press(.enter) {
                player.send(.working(WorkProgress(phase: .alignment, completed: 1200, total: 6000, rate: 340), job))
            }
        },
        Scene("Contact sheet", says: ["Images of unit", "most, 3 of 40", "image 0", "✗"], over: true, key("v")),
        Scene(
            "Contact sheet, hot", says: ["Images of unit", "heat"], over: true, key("v", then: .character("p"), .right)),
        Scene("Enlarged", says: ["image 0 · most · activation 2.000", "✓boot"], over: true, key("v", then: .enter)),
        Scene(
            "Enlarged, covered", says: ["covered with", "row", "activation"], over: true,
            key("v", then: .enter, .character("p"), .right)),
        Scene("Help", says: ["Keys and figures", "Ranked units", "↓ more"], over: true, key("?")),
        Scene("Help, searched", says: ["Keys and figures", "hundredths of all"], over: true) { player in
            player.press(.character("?"), .character("/"))
            player.type("∆acc")
        },
        Scene("Help of Steer", says: ["Steering", "move the slider"], over: true, key("3", then: .character("?"))),
        Scene("Palette", says: ["Go to", "heel"], over: true) { player in
            player.press(.character(":"))
            player.type("hee")
        },
        Scene("Themes", says: ["Theme", "told apart"], over: true, key("T")),
        Scene("A failure", says: ["! no room left on the disk"]) { $0.send(.failed("no room left on the disk", nil)) },
        Scene("In doubt", says: ["in doubt: classes paired by order"]) { player in
            var facts = SampleStudy.facts
            facts.doubt = "classes paired by order"
            player.send(.opened(facts))
            player.answer()
        },
    ]

    struct Setting: Sendable, CustomTestStringConvertible {
        let size: Size
        let depth: ColorDepth
        var testDescription: String { "\(size.columns)x\(size.rows), \(depth.rawValue)" }
    }

    static let sizes = [(80, 24), (120, 36), (200, 60)].map { Size(columns: $0, rows: $1) }
    static let settings = sizes.flatMap { size in ColorDepth.allCases.map { Setting(size: size, depth: $0) } }

    private static func state(_ scene: Scene, _ setting: Setting) -> State {
        var player = Player.atWork(columns: setting.size.columns, rows: setting.size.rows) {
            ($0.layers, $0.conceptSets) = (SampleStudy.layers, SampleStudy.conceptSets)
        }
        player.state.appearance = Appearance(themes: [Self.theme], depth: setting.depth)
        scene.play(&player)
        return player.state
    }

    /// Calls `body` with every scene at a setting.
    private func forEach(_ setting: Setting, _ body: (Scene, State, Frame) -> Void) {
        for scene in Self.scenes {
            let state = Self.state(scene, setting)
            body(scene, state, view(state, size: setting.size))
        }
    }

    @Test("A screen says what it is for; nothing stands outside it", arguments: settings)
    func says(setting: Setting) {
        forEach(setting) { scene, _, frame in
            #expect(frame.size == setting.size && frame.cells.count == setting.size.columns * setting.size.rows)
            for words in scene.says { #expect(frame.text.contains(words), "\(scene.name): \(words)\n\(frame.text)") }
            for picture in frame.pictures {
                #expect(picture.area.intersection(frame.area) == picture.area, "\(scene.name): \(picture.area)")
            }
            if let cursor = frame.cursor { #expect(frame.contains(cursor), "\(scene.name)") }
            for (row, line) in frame.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                #expect(displayWidth(of: String(line)) <= setting.size.columns, "\(scene.name), row \(row)")
            }
        }
    }

    @Test("No text is drawn over another", arguments: sizes)
    func overlaps(size: Size) {
        forEach(Setting(size: size, depth: .direct)) { scene, state, _ in
            #expect(overwritten(state, size: size).isEmpty, "\(scene.name)")
        }
    }

    /// What the footer may say: a key or several, and one word for it.
    private static let hints = Set(
        KeyTable.bindings.compactMap { binding in binding.label.map { (binding.scope, $0) } }.map(\.1))

    @Test("The footer keeps whole hints, the most important first, and the way to the help and out", arguments: sizes)
    func footer(size: Size) {
        forEach(Setting(size: size, depth: .none)) { scene, state, frame in
            let last = frame.text.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            if state.message != nil { return }
            let said = last.trimmingPrefix(" ").split(separator: "  ", omittingEmptySubsequences: true)
                .map { $0.trimmingPrefix(" ") }
            #expect(!said.isEmpty, "\(scene.name) has no footer")
            for hint in said {
                let words = hint.split(separator: " ", maxSplits: 1).map(String.init)
                let label = words.count == 2 ? words[1] : ""
                // Several keys may stand before the word.
                let isKnown = Self.hints.contains { label == $0 || label.hasSuffix(" " + $0) }
                #expect(isKnown, "\(scene.name): \(hint) in \(last)")
            }
            if state.overlay == nil, ![.concept, .filter].contains(state.focus) {
                #expect(said.suffix(2).elementsEqual(["? help", "q quit"]), "\(scene.name): \(last)")
                #expect(said.count >= 6, "\(scene.name) keeps few keys: \(last)")
            }
        }
    }

    @Test("Colours are those of the theme, or the terminal's own", arguments: settings)
    func palette(setting: Setting) {
        let known = Set(Self.theme.colors.values.compactMap { $0 }.map(Color.exact))
        let papers: Set<Color?> = [
            Self.theme[.background].map(Color.exact), Self.theme[.selection].map(Color.exact),
        ]
        forEach(setting) { scene, state, frame in
            for row in 0..<setting.size.rows {
                for column in 0..<setting.size.columns {
                    let point = Point(column: column, row: row)
                    let style = frame[point].style
                    let isFree = isPainted(point, state, frame)
                    switch setting.depth {
                    case .none:
                        #expect(style.foreground == nil && style.background == nil, "\(scene.name) \(point)")
                    case .ansi8, .ansi16:
                        for color in [style.foreground, style.background].compactMap({ $0 }) {
                            guard case .ansi(let number) = color else {
                                #expect(isFree, "\(scene.name) \(point): \(color)")
                                continue
                            }
                            #expect(number < (setting.depth == .ansi8 ? 8 : 16), "\(scene.name) \(point)")
                        }
                        #expect(isFree || style.background == nil, "\(scene.name) \(point)")
                    case .indexed256, .direct:
                        guard !isFree else { continue }
                        #expect(
                            style.foreground.map(known.contains) == true && papers.contains(style.background),
                            "\(scene.name) \(point): \(frame[point])")
                    }
                }
            }
        }
    }

    /// Whether what stands there has colours of its own: pictures, what heat's colours mean, groups of the map, samples of
    /// themes.
    private func isPainted(_ point: Point, _ state: State, _ frame: Frame) -> Bool {
        if frame.pictures.contains(where: { $0.area.contains(point) }) { return true }
        if case .themes = state.overlay { return frame[point].character == "●" }
        if let character = frame[point].character, "█◆×".contains(character), state.profile.heat.isShown { return true }
        return state.screen == .map && state.overlay == nil
    }

    @Test("What colours say, signs or words say too", arguments: sizes)
    func signs(size: Size) {
        let (rise, fall) = (Self.theme[.positive].map(Color.exact), Self.theme[.negative].map(Color.exact))
        let told = ["+", "−", "✓", "✗", "~", "raises", "lowers", "right", "wrong", "! ", "done", "written"]
        forEach(Setting(size: size, depth: .direct)) { scene, state, frame in
            for (row, line) in frame.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                var runs: [(color: Color?, text: String, column: Int)] = []
                for column in 0..<size.columns {
                    let cell = frame[Point(column: column, row: row)]
                    guard let character = cell.character else { continue }
                    if isPainted(Point(column: column, row: row), state, frame) { continue }
                    if runs.last?.color != cell.style.foreground { runs.append((cell.style.foreground, "", column)) }
                    runs[runs.count - 1].text.append(character)
                }
                for run in runs where run.color == rise || run.color == fall {
                    let isBar = run.text.allSatisfy { "━╸ ".contains($0) }
                    // What lies over a bar may hide the figure beside it.
                    if isBar, scene.isOver { continue }
                    let words =
                        isBar ? String(line.dropFirst(run.column)) : String(line.dropFirst(max(0, run.column - 12)))
                    #expect(told.contains { words.contains($0) }, "\(scene.name), row \(row): \(run.text) in \(line)")
                }
            }
        }
    }

    @Test("Where the cursor stands is seen without colours: by reverse, underline or bold", arguments: sizes)
    func selection(size: Size) {
        for depth in [ColorDepth.none, .ansi8, .ansi16] {
            forEach(Setting(size: size, depth: depth)) { scene, state, frame in
                guard scene.says.contains(where: { ["best concept", "Layers", "2 kept"].contains($0) })
                else { return }
                let marked = frame.cells.filter { !$0.style.attributes.isDisjoint(with: [.reverse, .underline]) }
                #expect(marked.count > 20, "\(scene.name) at \(depth.rawValue): \(marked.count) cells are marked")
            }
        }
    }

    @Test("The words are the same whatever the colours: only pictures, marks and legends differ", arguments: sizes)
    func words(size: Size) {
        for scene in Self.scenes where !scene.name.hasPrefix("Map") {
            let frames = ColorDepth.allCases.map { depth -> (ColorDepth, [String]) in
                let state = Self.state(scene, Setting(size: size, depth: depth))
                let frame = view(state, size: size)
                var words: [String] = []
                for row in 0..<size.rows {
                    var line = ""
                    for column in 0..<size.columns {
                        let point = Point(column: column, row: row)
                        let character = frame[point].character ?? "\u{200B}"
                        let isPicture = frame.pictures.contains { $0.area.contains(point) }
                        line.append(
                            isPicture || !(character.isLetter || "+−✓✗~%".contains(character)) ? " " : character)
                    }
                    words += line.split(separator: " ").map(String.init)
                }
                return (depth, words)
            }
            for (depth, words) in frames.dropFirst() {
                #expect(words == frames[0].1, "\(scene.name) at \(depth.rawValue)")
            }
        }
    }
}
