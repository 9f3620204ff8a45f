import Analysis
import Explorer
import ScriptedExplorer
import Testing

@Suite("The explorer as a whole")
struct WholeProgramTests {
    static let keys: [Key] =
        KeyTable.bindings.flatMap(\.keys) + [
            .character("x"), .character("é"), .character("漢"), .control("x"), .backspace,
        ]

    static var states: [(String, State)] {
        var result: [(String, State)] = [("opening", Player().state)]
        for remainder in RemainderKind.allCases {
            for screen in Screen.allCases {
                var player = Player.atWork(remainder: remainder, screen: screen) {
                    ($0.layers, $0.conceptSets) = (SampleStudy.layers, SampleStudy.conceptSets)
                    $0.doubt = remainder == .resumed ? "classes paired by order" : nil
                }
                result.append(("\(screen), \(remainder), no findings", player.state))
                player.send(.findings(SampleStudy.findings))
                player.answer()
                result.append(("\(screen), \(remainder)", player.state))
                for key in [
                    Key.character("?"), .character("m"), .character("e"), .character("/"), .character("f"),
                    .character("c"), .character("L"), .character("V"),
                ] {
                    var next = player
                    next.press(key)
                    result.append(("\(screen) after \(key)", next.state))
                }
            }
        }
        return result
    }

    @Test("Every screen draws at every size, and nothing outside it")
    func allSizes() {
        for (_, state) in Self.states {
            for columns in [0, 1, 5, 20, 60, 61, 80, 120, 180, 220] {
                for rows in [0, 1, 5, 16, 17, 24, 70] {
                    var state = state
                    let size = Size(columns: columns, rows: rows)
                    _ = update(&state, .terminal(.resize(size)))
                    let frame = view(state, size: size)
                    #expect(frame.cells.count == columns * rows)
                    if let cursor = frame.cursor { #expect(frame.contains(cursor)) }
                }
            }
        }
    }

    @Test("Every key works in every state: the next screen draws, and what it asks for is answered")
    func allKeys() {
        for (name, state) in Self.states {
            for key in Self.keys {
                var state = state
                for effect in update(&state, .terminal(.key(key))) {
                    if let answer = SampleStudy.answer(to: effect) { _ = update(&state, answer) }
                }
                let frame = view(state, size: state.size)
                #expect(frame.text.contains { !$0.isWhitespace }, "\(name), key \(key)")
            }
        }
    }

    @Test("A click on any cell of any screen is taken")
    func allClicks() {
        for (_, state) in Self.states {
            for row in 0..<24 {
                for column in stride(from: row % 7, to: 80, by: 7) {
                    var state = state
                    let point = Point(column: column, row: row)
                    for kind in [Mouse.Kind.press, .drag, .wheelDown, .release] {
                        _ = update(&state, .terminal(.mouse(Mouse(kind, at: point))))
                    }
                    #expect(view(state, size: state.size).size.columns == 80)
                }
            }
        }
    }

    @Test("Quitting saves the place, and the next start comes back to it")
    func session() {
        var player = Player.atWork(screen: .steer)
        player.press(.right, .character("]"))
        guard case .saveSession(let session) = player.press(.character("q")).first else {
            return #expect(Bool(false), "q must save")
        }
        var next = Player()
        next.send(.opened(SampleStudy.facts))
        next.send(.restored(session))
        next.answer()
        #expect(next.state.session == session)
        #expect(next.state.screen == .steer && next.state.steer.beta == 1.05 && next.state.steer.setSize == 11)
    }

    @Test("The end of input saves and quits")
    func hangUp() {
        var player = Player.atWork()
        let session = player.state.session
        #expect(player.send(.terminal(.endOfInput)) == [.saveSession(session), .quit])
    }

    @Test("Esc while opening stops the program; a failure to open is told")
    func opening() {
        var player = Player()
        #expect(player.press(.escape) == [.quit])
        player.send(.failed("the model has no layer norm9", nil))
        #expect(player.screen.contains("the model has no layer norm9"))
        #expect(player.press(.character("q")) == [.quit])
    }

    @Test("Tab visits the panels of the screen in order, Shift-Tab the other way")
    func panels() {
        var player = Player.atWork()
        var visited: [Panel] = []
        for _ in 0..<3 {
            player.press(.tab)
            visited.append(player.state.focus)
        }
        #expect(visited == [.profile, .concept, .units])
        player.press(.backTab)
        #expect(player.state.focus == .concept)
    }

    @Test("The wide screen steers beside the list; a narrower one takes the focus back")
    func resizing() {
        var player = Player.atWork(columns: 200, rows: 60)
        player.press(.tab, .tab)
        #expect(player.state.focus == .steering)
        player.send(.terminal(.resize(Size(columns: 80, rows: 24))))
        #expect(player.state.focus == .units)
    }

    @Test("The theme follows the terminal's background until the user chooses")
    func themes() {
        var player = Player.atWork()
        player.send(.terminal(.background(RGB(250, 250, 240))))
        #expect(player.state.appearance.theme?.name == "light")
        player.press(.character("T"), .up)
        #expect(player.state.appearance.theme?.name == "dark", "as the cursor comes to it")
        player.press(.escape)
        #expect(player.state.appearance.theme?.name == "light", "and gone with Esc")
        player.press(.character("T"), .up, .enter)
        player.send(.terminal(.background(RGB(250, 250, 240))))
        #expect(player.state.appearance.theme?.name == "dark")
        #expect(player.state.session.theme == "dark")
    }

    @Test("Without colour no cell has one")
    func noColor() {
        for screen in Screen.allCases {
            var player = Player.atWork(screen: screen, depth: .none)
            player.send(.findings(SampleStudy.findings))
            player.answer()
            let cells = view(player.state, size: player.state.size).cells
            #expect(cells.allSatisfy { $0.style.foreground == nil && $0.style.background == nil })
        }
    }

    @Test("The table of all units sorts and filters")
    func table() {
        var player = Player.atWork(screen: .units)
        player.press(.character("s"), .character("s"), .character("s"))
        #expect(player.state.units.sort == .mean)
        #expect(player.state.units.shown.first?.unit.shortName == "11+")
        player.press(.character("S"))
        #expect(player.state.units.shown.first?.unit.shortName == "11-")
        player.press(.character("f"))
        player.type("sole")
        #expect(player.state.units.shown.map(\.unit.index) == [7, 1, 1, 7])
        player.press(.enter)
        #expect(player.state.focus == .table)
    }
}
