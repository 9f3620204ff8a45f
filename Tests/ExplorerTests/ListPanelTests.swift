import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// All lists take keys, clicks and the wheel in one way.
@Suite("Lists")
struct ListPanelTests {
    enum List: CaseIterable {
        case units, table, findings, profile, changes, layers, conceptSets, export
    }

    /// A list on the screen, a point on its first row, lines a row takes, and the selected row.
    private func open(_ list: List) -> (player: Player, first: Point, step: Int, selected: (State) -> Int) {
        func player(_ screen: Screen) -> Player {
            Player.atWork(columns: 120, rows: 36, screen: screen) {
                ($0.layers, $0.conceptSets) = (SampleStudy.layers, SampleStudy.conceptSets)
            }
        }
        func overlay(_ state: State) -> Int {
            switch state.overlay {
            case .changes(let cursor), .layers(let cursor), .conceptSets(let cursor), .export(let cursor, _):
                cursor.selected
            default: -1
            }
        }
        var result: Player
        switch list {
        case .units: return (player(.locate), Point(column: 3, row: 3), 1, { $0.locate.cursor.selected })
        case .table: return (player(.units), Point(column: 3, row: 4), 1, { $0.units.cursor.selected })
        case .profile:
            result = player(.locate)
            result.press(.enter)
            return (result, Point(column: 55, row: 3), 1, { $0.profile.cursor.selected })
        case .findings:
            result = player(.findings)
            result.send(.findings(SampleStudy.findings + SampleStudy.findings))
            return (result, Point(column: 3, row: 3), 2, { $0.findings.cursor.selected })
        case .changes:
            result = player(.steer)
            result.press(.character("c"))
            result.answer()
            return (result, Point(column: 60, row: 4), 1, overlay)
        case .layers:
            result = player(.map)
            result.press(.character("L"))
            return (result, Point(column: 30, row: 15), 1, overlay)
        case .conceptSets:
            result = player(.steer)
            result.press(.character("V"))
            return (result, Point(column: 30, row: 17), 1, overlay)
        case .export:
            result = player(.findings)
            result.send(.findings(SampleStudy.findings))
            result.press(.character("e"))
            return (result, Point(column: 55, row: 14), 1, overlay)
        }
    }

    @Test(
        "A click selects its row, the wheel and the arrows go on from there, and both ends hold",
        arguments: List.allCases)
    func mouse(list: List) {
        var (player, first, step, selected) = open(list)
        #expect(selected(player.state) == 0)
        player.mouse(.press, first.column, first.row + step)
        #expect(selected(player.state) == 1, "the second row")
        player.mouse(.wheelUp, first.column, first.row)
        #expect(selected(player.state) == 0)
        player.mouse(.wheelUp, first.column, first.row)
        #expect(selected(player.state) == 0, "the first row is the end")
        player.mouse(.wheelDown, first.column, first.row)
        player.press(.up, .down)
        #expect(selected(player.state) == 1)
        for _ in 0..<40 { player.mouse(.wheelDown, first.column, first.row) }
        let last = selected(player.state)
        player.press(.down)
        #expect(selected(player.state) == last && last >= 1)
        player.mouse(.press, first.column, first.row)
        #expect(selected(player.state) <= last)
    }

    @Test("Below the last row a click selects nothing")
    func below() {
        var player = Player.atWork(columns: 120, rows: 60, screen: .units)
        player.mouse(.press, 3, 50)
        #expect(player.state.units.cursor.selected == 0)
    }

    @Test("A list that is off the screen keeps its place")
    func offScreen() {
        var player = Player.atWork()
        for _ in 0..<23 { player.press(.down) }
        player.press(.up)
        player.answer()
        let before = player.screen
        player.press(.character("3"), .character("1"))
        player.answer()
        #expect(player.screen == before)
    }
}
