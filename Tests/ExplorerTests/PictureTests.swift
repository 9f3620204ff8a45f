import Analysis
import Explorer
import ScriptedExplorer
import Testing

/// Pictures in cells, and the screens, at every number of colours.
@Suite("Pictures and colours")
struct PictureTests {
    @Test(
        "Every screen at three sizes and every number of colours shows the same words, in colours the terminal has",
        arguments: ColorDepth.allCases, [(80, 24), (120, 36), (200, 60)])
    func screens(depth: ColorDepth, size: (Int, Int)) {
        for screen in Screen.allCases {
            var player = Player.atWork(columns: size.0, rows: size.1, screen: screen, depth: depth)
            player.send(.findings(SampleStudy.findings))
            player.answer()
            let frame = view(player.state, size: player.state.size)
            var full = player.state
            full.appearance.depth = .direct
            let words = { (frame: Frame) in frame.text.split(separator: "\n").map { $0.filter(\.isLetter) }.joined() }
            if screen != .map { #expect(words(frame) == words(view(full, size: full.size))) }
            let colors = frame.cells.flatMap { [$0.style.foreground, $0.style.background] }.compactMap { $0 }
            #expect(colors.allSatisfy { $0.isKnown(to: depth) }, "\(screen)")
            #expect(depth == .none || !colors.isEmpty)
        }
    }

    @Test("With eight and sixteen colours a picture is grey, and words stand on the terminal's own background")
    func greys() {
        for depth in [ColorDepth.ansi8, .ansi16] {
            let player = Player.atWork(depth: depth)
            let frame = view(player.state, size: player.state.size)
            #expect(!frame.pictures.isEmpty)
            for (index, cell) in frame.cells.enumerated() {
                let point = Point(column: index % 80, row: index / 80)
                if frame.pictures.contains(where: { $0.area.contains(point) }) {
                    for color in [cell.style.foreground, cell.style.background] {
                        #expect([0, 7, 8, 15].map { Color.ansi($0) }.contains(color))
                    }
                } else {
                    #expect(cell.style.background == nil)
                }
            }
        }
    }

    @Test("Without colours a picture is readable: light on a dark terminal, and no negative on a light one")
    func shades() {
        func center(_ background: RGB) -> Character? {
            var player = Player.atWork(depth: .none)
            player.send(.terminal(.background(background)))
            let frame = view(player.state, size: player.state.size)
            let area = frame.pictures[0].area
            return frame[area.point(area.width / 2, area.height / 2)].character
        }
        #expect(center(RGB(0, 0, 0)) == "█", "the bright square is inked where ink is light")
        #expect(center(RGB(255, 255, 255)) == " ", "and bare where paper is")
    }

    @Test("While keys go on, pictures stay; a picture that is new to its place leaves it blank")
    func holding() {
        let shown = view(Player.atWork().state, size: Size(columns: 80, rows: 24))
        #expect(shown.holding(of: shown) == shown, "what is there already is there")
        let held = shown.holding(of: Frame(size: shown.size))
        #expect(held.pictures.isEmpty)
        #expect(held.text.contains("most activating") && !held.text.contains("▀"))
        var next = Player.atWork(screen: .map)
        next.press(.character("1"))
        let other = view(next.state, size: Size(columns: 80, rows: 24))
        #expect(other.holding(of: shown).text.contains("▀"))
    }

    @Test("While keys go through the themes, their list answers, and the screen behind it waits")
    func holdingThemes() {
        var player = Player.atWork(screen: .units)
        player.press(.character("T"))
        let size = player.state.size
        let shown = view(player.state, size: size)
        player.press(.down)
        let frame = view(player.state, size: size)
        let held = frame.holding(of: shown)
        let hurried = frame.hurried!
        #expect(hurried.width > 0 && hurried.width < size.columns / 2)
        for (index, cell) in held.cells.enumerated() {
            let isInside = hurried.contains(Point(column: index % size.columns, row: index / size.columns))
            #expect(cell == (isInside ? frame : shown).cells[index])
        }
        #expect(frame != shown && held != frame)
    }
}

extension Color {
    fileprivate func isKnown(to depth: ColorDepth) -> Bool {
        switch self {
        case .exact: depth == .indexed256 || depth == .direct
        case .ansi(let number): depth == .ansi16 ? number < 16 : depth == .ansi8 && number < 8
        }
    }
}
