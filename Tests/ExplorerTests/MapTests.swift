import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// The map screen: two rows of twelve units, three categories of four columns each.
@Suite("The map")
struct MapTests {
    private func unit(_ player: Player) -> String? { player.state.map.selectedPoint?.unit.shortName }

    @Test("It is asked for on the first visit, and once")
    func request() {
        var player = Player.atWork()
        let asked = player.press(.character("5"))
        #expect(asked.count { if case .map = $0 { true } else { false } } == 1)
        player.answer()
        #expect(player.press(.character("1"), .character("5")).allSatisfy { if case .map = $0 { false } else { true } })
    }

    @Test("Arrows go to the nearest unit in their direction, and stop at the edge")
    func arrows() {
        var player = Player.atWork(screen: .map)
        #expect(unit(player) == "0+")
        player.press(.right, .right)
        #expect(unit(player) == "2+")
        player.press(.down)
        #expect(unit(player) == "2-")
        player.press(.down, .left)
        #expect(unit(player) == "1-")
        player.press(.up, .left, .left, .left)
        #expect(unit(player) == "0+")
    }

    @Test("n goes through the units of one colour, whatever the colour stands for")
    func group() {
        var player = Player.atWork(screen: .map)
        player.press(.character("N"))
        #expect(unit(player) == "3-", "the last of the first category")
        player.press(.character("n"), .character("c"), .character("n"), .character("n"))
        #expect(player.state.map.coloring == .class)
        #expect(unit(player) == "3+", "the next of class 0 after 0-")
    }

    @Test("Enter goes to the unit's profile, and its concept from there to Locate")
    func profile() {
        var player = Player.atWork(screen: .map)
        player.press(.right)
        player.answer()
        #expect(player.state.profile.shown?.unit == player.state.map.selectedPoint?.unit)
        player.press(.enter)
        #expect(player.state.focus == .profile)
        player.press(.enter)
        #expect(player.state.screen == .locate && player.state.concept.text == "heel")
    }

    @Test("Zooming begins at the unit, the window follows the cursor, and = shows all again")
    func window() {
        var player = Player.atWork(screen: .map)
        for _ in 0..<4 { player.press(.character("z")) }
        #expect(player.state.map.window.center == SIMD2(0, 1))
        for _ in 0..<8 {
            player.press(.right)
            #expect(player.screen.contains("◉"), "in sight at \(unit(player) ?? "")")
        }
        player.press(.character(")"))
        player.press(.character("="))
        #expect(player.state.map.window == MapWindow())
        player.press(.character("Z"))
        #expect(player.state.map.window.zoom == 0)
    }

    @Test("A click selects the nearest unit; the wheel zooms about the pointer")
    func mouse() {
        var player = Player.atWork(screen: .map)
        let lines = player.screen.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        // The rightmost marks on the map are 11+ above and 11- below.
        let marks = lines.indices.flatMap { row in
            lines[row].indices.compactMap { column -> Point? in
                "●◉".contains(lines[row][column]) && column < 43 && row < 20 ? Point(column: column, row: row) : nil
            }
        }
        let last = marks.map(\.column).max()!
        let (top, bottom) = (
            marks.filter { $0.column == last }.min { $0.row < $1.row }!,
            marks.filter { $0.column == last }.max { $0.row < $1.row }!
        )
        player.mouse(.press, last, top.row)
        #expect(unit(player) == "11+")
        player.mouse(.press, last, bottom.row)
        #expect(unit(player) == "11-")
        player.mouse(.wheelUp, last, bottom.row)
        #expect(player.state.map.window.zoom == 1)
        player.mouse(.press, last, bottom.row)
        #expect(unit(player) == "11-", "what was under the pointer stayed there")
    }

    @Test("A layout on its way shows its progress; Esc stops it, late results are dropped, r starts it again")
    func progress() {
        var player = Player.atWork()
        let effects = player.press(.character("5"))
        guard case .map(_, let job)? = effects.first(where: { if case .map = $0 { true } else { false } }) else {
            Issue.record("no map was asked for: \(effects)")
            return
        }
        #expect(player.screen.contains("Laying out the units…"))
        player.send(.mapped(SampleStudy.map, MapProgress(iteration: 250, iterations: 1000), job))
        #expect(player.screen.contains("laying out 250 of 1,000"))
        #expect(player.press(.escape) == [.cancel(job)])
        #expect(player.screen.contains("The layout is stopped; r starts it again"))
        player.send(.mapped(SampleStudy.map, nil, job))
        player.press(.right)
        #expect(player.screen.contains("stopped at 250 of 1,000"), "the late result is dropped")
        let again = player.press(.character("r"))
        #expect(again.contains { if case .map(_, let newer) = $0 { newer != job } else { false } })
    }

    @Test("Marking keeps the unit with its quality")
    func mark() {
        var player = Player.atWork(screen: .map)
        let kept = player.press(.right, .character("m"), .enter).compactMap { effect -> UnitDescription? in
            if case .store(.unit(let description), _, _, _) = effect { description } else { nil }
        }
        guard let description = kept.first else {
            Issue.record("nothing was kept")
            return
        }
        #expect(description.unit == InternalUnit("norm:1+"))
        #expect(description.quality == SampleStudy.qualities[description.unit])
    }

    @Test("Few points are named, many are dots")
    func density() {
        #expect(Player.atWork(columns: 200, rows: 60, screen: .map).screen.contains("● heel"))
        var many = SampleStudy.map
        many.points = (0..<2000).map { index in
            var point = many.points[index % many.points.count]
            (point.x, point.y) = (Float(index % 50), Float(index / 50))
            return point
        }
        var player = Player()
        player.send(.opened(SampleStudy.facts))
        for case .map(_, let job) in player.press(.character("5")) { player.send(.mapped(many, nil, job)) }
        let isDot = { (character: Character) in (0x2801...0x28FF).contains(character.unicodeScalars.first!.value) }
        #expect(player.screen.count(where: isDot) > 300)
        #expect(!player.screen.contains("● heel"))
    }

    @Test("Groups that the legend has no room for are counted behind the last that it names whole")
    func leftOut() {
        var counted = 0
        for columns in 60...130 {
            var player = Player.atWork(columns: columns, rows: 18)
            let asked = player.press(.character("5")).compactMap { if case .map(_, let job) = $0 { job } else { nil } }
            guard let job = asked.first else { return #expect(Bool(false), "no map was asked for") }
            var map = SampleStudy.map
            map.categories = (0..<12).map { "super-category \($0)" }
            for place in map.points.indices { map.points[place].category = place / 2 }
            player.send(.mapped(map, nil, job))
            for line in player.screen.split(separator: "\n") {
                guard let found = line.firstMatch(of: /(\S+) +\+\d+ more/) else { continue }
                counted += 1
                #expect(Int(found.1) != nil, "\(line)")
            }
        }
        #expect(counted > 0)
    }

    @Test("Without colours, letters tell the groups apart")
    func letters() {
        let screen = Player.atWork(screen: .map, depth: .none).screen
        #expect(screen.contains("a footwear 8") && screen.contains("c container 8"))
        #expect(screen.contains("A 0+ heel"))
    }

    @Test("The map at 80x24")
    func screen() {
        var player = Player.atWork(screen: .map)
        player.press(.right, .right)
        player.answer()
        expectScreen(
            player.screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
            ━━ Units by super-category ━━━━━━━━━━━━━━━━  ── Unit norm:2+ ──────────────────
                                                         heel      ━━━━━━━━━━━━━━━━━━  0.80
                                                         sole      ━━━━━━━━━━━━━╸      0.60
                                                         boot      ━━━━━━━━━           0.40
                                                         strap     ━━━━╸               0.20
                                                         bag                           0.00
                                                         most activating
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
             ●  ●   ◉ 2+ boot  ●   ●   ●  ●   ●   ●   ●  ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         3.0 boot   2.9 boot   2.8 boot
             ●  ●   ●   ●  ●   ●   ●   ●  ●   ●   ●   ●  least activating
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         3.0 boot   2.9 boot   2.8 boot
                                                         ▁▁▁▁▁▁▁▁▁▂▂▂▂▄▄▄▄█████▄▄▄▄▂▂▂▂▁▁▁▁
                                                         −2.0             ▲ mean        2.0
             ● footwear 8  ● clothing 8  ● container 8   raises boot +0.50
             parted: silhouette 0.25, shuffled −0.13     lowers bag −0.25
             Enter profile  ←→↑↓ unit  zZ zoom  / search  c colour  g steer  ? help  q quit
            """)
    }
}

/// The same screens for features.
@Suite("Features on the screens")
struct FeatureScreenTests {
    private func player(columns: Int = 80, rows: Int = 24, screen: Screen) -> Player {
        var player = Player.atWork(columns: columns, rows: rows, screen: screen, features: 7)
        player.press(.character("F"))
        player.answer()
        return player
    }

    @Test("F lays the features out, says how many are dead, and brings the neurons back")
    func map() {
        var player = player(columns: 200, rows: 60, screen: .map)
        #expect(player.state.map.selectedPoint?.unit.shortName == "f0")
        #expect(player.screen.contains("Features by super-category") && player.screen.contains("2 dead left out"))
        player.press(.character("c"), .character("F"))
        #expect(player.screen.contains("Laying out the units…"), "no features among the neurons")
        player.answer()
        #expect(player.state.map.selectedPoint?.unit.shortName == "0+" && player.state.map.coloring == .class)
    }

    @Test("F is there wherever units are", arguments: Screen.allCases)
    func everywhere(screen: Screen) {
        var player = Player.atWork(columns: 200, rows: 60, screen: screen, features: 7)
        player.press(.character("F"))
        #expect(player.state.unitKind == (screen == .findings ? .neuron : .feature))
    }

    @Test("A marked feature keeps both descriptions")
    func mark() {
        var player = player(screen: .units)
        let kept = player.press(.character("m"), .enter).compactMap { effect -> UnitDescription? in
            if case .store(.unit(let description), _, _, _) = effect { description } else { nil }
        }
        #expect(kept.first?.concepts == SampleStudy.concepts && kept.first?.does == SampleStudy.concepts.reversed())
        #expect(kept.first?.quality == SampleStudy.featureQualities[SampleStudy.features[0]])
    }

    @Test("Features are sorted by their quality")
    func sort() {
        var player = player(columns: 200, rows: 60, screen: .units)
        for _ in 0..<5 { player.press(.character("s")) }
        #expect(player.state.units.sort == .clarity)
        #expect(player.state.units.shown.first?.unit.shortName == "f6")
        #expect(player.screen.contains("dead     dead     dead     dead"))
    }

    @Test("A feature's profile at 80x24")
    func narrow() {
        expectScreen(
            player(screen: .units).screen,
            """
             miclip   1 Locate   2 Units   3 Steer   4 Findings   5 Map       norm · 60.0 %
             Filter f, then part of a concept or a unit's number              7 of 7 units
            ━━ Features of norm ━━━━━━━━━━━━━━━━━━━━━━━  ── Unit norm:f0 ─────── on 3.5 % ─
             unit▲   best concept     cos   mean    dev  responds to
             f0      heel            0.80   0.10   0.20  heel      ━━━━━━━━━━━━━━━━━━  0.80
             f1      sole            0.60   0.10   0.20  sole      ━━━━━━━━━━━━━╸      0.60
             f2      boot            0.40   0.10   0.20  boot      ━━━━━━━━━           0.40
             f3      strap           0.20   0.10   0.20  does
             f4      bag             0.00   0.10   0.20  collar                       −0.20
             f5      collar         −0.20   0.10   0.20  bag                           0.00
             f6      heel            0.80   0.10   0.20  strap     ━━━━╸               0.20
                                                         most activating
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀   ▀▀▀▀▀▀▀▀
                                                         3.0 boot   2.9 boot   2.8 boot
                                                         ▁▁▁▁▁▁▁▁▁▂▂▂▂▄▄▄▄█████▄▄▄▄▂▂▂▂▁▁▁▁
                                                         −2.0                           2.0
                                                         features alike f1 0.80, f2 0.70
                                                         neurons with it 2+ 0.50, 3- 0.75
                                                         raises boot +0.50
                                                         lowers bag −0.25
             Enter profile  s sort  S reverse  f filter  + pick  g steer     ? help  q quit
            """)
    }

    @Test("Where there is room a feature shows all that is known of it")
    func wide() {
        let screen = player(columns: 200, rows: 60, screen: .units).screen
        for text in [
            "active on 3.5 % of the images, mean 0.10, dev 0.90", "responds to", "does ", "most activating",
            "activation where active", "raises", "lowers", "features alike", "neurons with it", "0.75",
        ] {
            #expect(screen.contains(text), "\(text) is missing")
        }
        #expect(!screen.contains("least activating"), "any image does not activate it")
    }
}

/// The quality columns of the table of all units.
@Suite("Unit quality in the table")
struct QualityColumnTests {
    @Test("Where there is room every figure shows, and a dead unit says so")
    func wide() {
        let lines = Player.atWork(columns: 200, rows: 60, screen: .units).screen.split(separator: "\n")
        #expect(lines.contains { $0.contains("clarity  polysem   redund   select") })
        #expect(lines.contains { $0.contains(" 0+ ") && $0.contains("0.50     0.25     0.00     1.00") })
        #expect(lines.contains { $0.contains(" 3+ ") && $0.contains("dead     dead     dead     dead") })
    }

    @Test("Where there is none, the figure sorted by takes the last column")
    func narrow() {
        var player = Player.atWork(screen: .units)
        for _ in 0..<7 { player.press(.character("s")) }
        #expect(player.state.units.sort == .redundancy)
        #expect(player.screen.contains("▼redund"))
        #expect(player.state.units.shown.first?.unit == SampleStudy.units.last)
        player.press(.character("S"))
        #expect(player.state.units.shown.first?.unit == SampleStudy.units.first)
    }

    @Test("Until it is measured the table shows that nothing is known")
    func unknown() {
        var player = Player(columns: 200, rows: 60)
        let effects = player.send(.opened(SampleStudy.facts))
        var asked: [Effect] = []
        for case .listUnits(_, let job) in effects {
            asked += player.send(.listed(UnitTable(SampleStudy.summaries), job))
        }
        player.press(.character("2"))
        let lines = player.screen.split(separator: "\n")
        #expect(lines.contains { $0.contains(" 0+ ") && $0.contains("1.00        –        –        –        –") })
        for case .measureUnits(_, let job) in asked {
            player.send(.measured(UnitQualities(SampleStudy.qualities), job))
        }
        #expect(player.screen.contains("0.50     0.25     0.00     1.00"))
    }
}
