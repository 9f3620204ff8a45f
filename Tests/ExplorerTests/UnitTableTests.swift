import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// The table sorts and filters a hundred thousand units within a frame, exactly as comparing each with each would.
@Suite("Sorting and filtering units")
struct UnitTableTests {
    private static let summaries: [UnitSummary] = {
        var state: UInt64 = 7
        func next(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        return (0..<900).flatMap { index in
            Pole.allCases.map { pole in
                UnitSummary(
                    unit: InternalUnit(layer: "layer4", index: index, pole: pole),
                    concept: RankedConcept(
                        concept: ["Boot", "ankle boot", "bag", "Émail", "zip"][next(5)], score: Float(next(9)) / 8 - 0.5
                    ),
                    mean: [-0.0, 0, 1.5, -1.5, .infinity][next(5)], deviation: Float(next(1000)) - 500)
            }
        }
    }()

    private func table(_ change: (inout UnitsState) -> Void) -> [UnitSummary] {
        var units = UnitsState()
        units.replace(UnitTable(Self.summaries))
        change(&units)
        return Array(units.shown)
    }

    @Test("Every order is that of comparing, ties in the order of the units")
    func orders() {
        let all = Self.summaries
        let expected: [(UnitSort, [UnitSummary])] = [
            (.index, all.sorted { $0.unit < $1.unit }),
            (.concept, all.sorted { ($0.concept.concept, $0.unit) < ($1.concept.concept, $1.unit) }),
            (.score, all.sorted { (-$0.concept.score, $0.unit) < (-$1.concept.score, $1.unit) }),
            (.mean, all.sorted { (-$0.mean, $0.unit) < (-$1.mean, $1.unit) }),
            (.deviation, all.sorted { (-$0.deviation, $0.unit) < (-$1.deviation, $1.unit) }),
            (.clarity, all.sorted { $0.unit < $1.unit }),
        ]
        for (sort, order) in expected {
            #expect(table { $0.sort = sort }.map(\.unit) == order.map(\.unit), "\(sort)")
            #expect(
                table { ($0.sort, $0.isReversed) = (sort, true) }.map(\.unit) == order.reversed().map(\.unit), "\(sort)"
            )
        }
    }

    @Test(
        "The filter takes parts of concepts and beginnings of names",
        arguments: ["boot", "émail", "1", "17", "17-", "0", "01", "f", "boot 2", "b a", "  ", "zip 899+", "-", "4x"])
    func filters(text: String) {
        let words = text.lowercased().split(separator: " ")
        let expected = Self.summaries.filter { summary in
            words.allSatisfy {
                summary.concept.concept.lowercased().contains($0) || summary.unit.shortName.hasPrefix($0)
            }
        }
        #expect(table { $0.filter = TextField(text) }.map(\.unit) == expected.map(\.unit))
    }

    @Test("The filter bounds figures, leaves words out, and does nothing while a bound is typed")
    func figures() {
        func passing(_ text: String) -> [InternalUnit] { table { $0.filter = TextField(text) }.map(\.unit) }
        func units(_ isShown: (UnitSummary) -> Bool) -> [InternalUnit] { Self.summaries.filter(isShown).map(\.unit) }
        #expect(passing("mean>1") == units { $0.mean > 1 })
        #expect(passing("dev<-.5") == units { $0.deviation < -0.5 })
        #expect(passing("score>.2 score<.4") == units { $0.concept.score > 0.2 && $0.concept.score < 0.4 })
        #expect(passing("~boot mean<0") == units { !$0.concept.concept.lowercased().contains("boot") && $0.mean < 0 })
        #expect(passing("~17 zip") == units { $0.concept.concept == "zip" && !$0.unit.shortName.hasPrefix("17") })
        for typing in ["mean>", "mean>-", "~"] {
            #expect(passing(typing).count == Self.summaries.count, "\(typing)")
        }
        #expect(passing("boot>1").isEmpty, "a word that no figure has")
        #expect(passing("clarity>-9").isEmpty, "not measured yet")
        // Once it is measured the rows are there, whatever they are sorted by.
        let measured = Dictionary(
            uniqueKeysWithValues: Self.summaries.enumerated().map { place, summary in
                (
                    summary.unit,
                    UnitQuality(
                        clarity: Float(place % 10) / 10, polysemanticity: 0, redundancy: 0, selectivity: 0,
                        selectiveClass: nil, isDead: false)
                )
            })
        let clear = table {
            $0.filter = TextField("clarity>.75")
            $0.measure(UnitQualities(measured))
        }
        #expect(clear.map(\.unit) == units { measured[$0.unit]!.clarity > 0.75 })
    }

    @Test("Each unit's line is found by its name, others are not")
    func lookUp() {
        var units = UnitsState()
        units.replace(UnitTable(Self.summaries.reversed()))
        for summary in Self.summaries { #expect(units[summary.unit] == summary) }
        #expect(units[InternalUnit(layer: "layer4", index: 900, pole: .positive)] == nil)
        #expect(units[InternalUnit(layer: "layer4", index: 3, kind: .feature)] == nil)
    }
}

@Suite("Columns of the table of units")
struct ColumnTests {
    private func header(_ player: Player) -> [String] {
        let line = player.screen.split(separator: "\n").first { $0.contains(" unit") && $0.contains("best concept") }
        return (line ?? "").split(whereSeparator: { " ▲▼│".contains($0) }).map(String.init)
    }

    @Test("c chooses them, moves them, and brings back what was", arguments: [(80, 24), (120, 36), (200, 60)])
    func choosing(columns: Int, rows: Int) {
        var player = Player.atWork(columns: columns, rows: rows, screen: .units)
        let before = header(player)
        #expect(before.contains("cos") && before.contains("dev"))
        player.press(.character("c"))
        #expect(player.screen.contains("Columns") && player.screen.contains("✓ cos"))
        // The mean goes, the cosine behind the deviation.
        player.press(.down, .enter, .up, .character(">"), .character(">"), .escape)
        #expect(Array(header(player).drop { $0 != "concept" }.dropFirst().prefix(2)) == ["dev", "cos"])
        #expect(player.state.unitColumns?.prefix(2) == [.deviation, .score])
        player.press(.character("c"), .character("="), .escape)
        #expect(player.state.unitColumns == nil && header(player) == before)
    }

    @Test("Chosen figures have the room they need beside a profile; what is sorted by is always there")
    func room() {
        var player = Player.atWork(columns: 120, rows: 36, screen: .units)
        player.state.unitColumns = [.clarity, .polysemanticity, .redundancy, .selectivity, .pearson]
        let shown = header(player)
        for title in ["clarity", "polysem", "redund", "select", "pearson"] {
            #expect(shown.contains(title), "\(title)")
        }
        #expect(player.screen.contains("Unit norm:0+"))
        player.state.units.sort = .mean
        #expect(header(player).contains("mean"))
        player.state.unitColumns = []
        #expect(header(player).contains("mean") && !header(player).contains("clarity"))
    }

    @Test("A filter goes by the columns' heads too; a figure that there is not is told with those that there are")
    func figures() {
        var player = Player.atWork(columns: 120, rows: 36, screen: .units)
        let all = player.state.units.shown.count
        player.press(.character("f"))
        player.type("cos>.3")
        let found = player.state.units.shown
        #expect(!found.isEmpty && found.count < all && found.allSatisfy { $0.concept.score > 0.3 })
        player.press(.control("u"))
        player.type("clarty>.5")
        #expect(player.screen.contains("“clarty” is no figure") && player.screen.contains("cos mean dev pearson"))
    }

    @Test("They are there at the next start")
    func keeping() {
        var player = Player.atWork(columns: 120, rows: 36, screen: .units)
        player.state.unitColumns = [.clarity]
        var next = Player(columns: 120, rows: 36)
        next.send(.opened(SampleStudy.facts))
        next.send(.restored(player.state.session))
        next.answer()
        #expect(next.state.unitColumns == [.clarity])
    }
}
