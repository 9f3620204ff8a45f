import Explorer
import Foundation
import Testing

@Suite("Themes")
struct ThemeTests {
    static let whole =
        "name: test\n" + Role.allCases.map { "\($0.rawValue): \"#102030\"" }.joined(separator: "\n") + "\n"

    @Test("A whole theme is read, with the terminal's own background")
    func whole() throws {
        let text = Self.whole.replacing("background: \"#102030\"", with: "background: default")
        let theme = try Theme(yaml: text, file: "test.yaml")
        #expect(theme.name == "test")
        #expect(theme[.background] == nil)
        #expect(theme[.accent] == RGB(16, 32, 48))
    }

    @Test("A fault names its file, line and key")
    func faults() {
        func error(_ from: String, _ to: String) -> ThemeError? {
            #expect(throws: ThemeError.self) {
                try Theme(yaml: Self.whole.replacing(from, with: to), file: "t.yaml")
            }
        }
        #expect(
            error("text: \"#102030\"", "text: red")
                == ThemeError(file: "t.yaml", line: 3, key: "text", fault: .notAColor(found: "red")))
        #expect(
            error("accent:", "akzent:") == ThemeError(file: "t.yaml", line: 5, key: "akzent", fault: .unknownKey))
        #expect(error("name: test\n", "") == ThemeError(file: "t.yaml", key: "name", fault: .missingKey))
        #expect(
            error("dim: \"#102030\"\n", "") == ThemeError(file: "t.yaml", key: "dim", fault: .missingKey))
        #expect(error("dim:", "text:")?.fault == .repeatedKey)
        #expect(error("name: test", "name: ' '") == ThemeError(file: "t.yaml", line: 1, key: "name", fault: .noName))
        #expect(error("test", "\u{0}")?.fault == .syntax("control characters are not allowed"))
        #expect(error(Self.whole, "- a\n- b\n")?.fault == .notAMapping)
        #expect(error(Self.whole, "")?.fault == .notAMapping)
        let syntax = error("name: test", "name: [test")
        #expect(syntax?.line != nil)
        if case .syntax = syntax?.fault {} else { Issue.record("not told as syntax: \(String(describing: syntax))") }
    }
}

/// The themes that come with the program.
@Suite("The bundled themes")
struct BundledThemeTests {
    static let names = [
        "dark", "light", "contrast-dark", "contrast-light", "colour-blind", "solarized-dark", "solarized-light", "nord",
        "gruvbox", "monochrome",
    ]

    static func theme(_ name: String) throws -> Theme {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Themes/\(name).yaml")
        return try Theme(yaml: String(contentsOf: file, encoding: .utf8), file: file.lastPathComponent)
    }

    @Test("Text reads on their background and on a selected row", arguments: BundledThemeTests.names)
    func contrast(name: String) throws {
        let theme = try Self.theme(name)
        #expect(theme.name == name)
        // The dark theme leaves the background to the terminal: take one of the lighter dark ones.
        let background = theme[.background] ?? RGB(40, 42, 54)
        let selection = try #require(theme[.selection])
        for role in [Role.text, .accent, .positive, .negative, .warning, .other] {
            let color = try #require(theme[role])
            #expect(ratio(color, background) >= 4.5, "\(role) on the background (WCAG AA)")
        }
        #expect(ratio(try #require(theme[.text]), selection) >= 5.5, "the selected row")
        #expect(ratio(try #require(theme[.dim]), background) >= 4, "what may be overlooked must still be readable")
        #expect(ratio(try #require(theme[.bar]), background) >= 2)
    }

    @Test(
        "A theme that was chosen reads on any terminal's background", arguments: BundledThemeTests.names,
        [RGB(255, 255, 255), RGB(238, 232, 213), RGB(0, 0, 0), RGB(40, 42, 54)])
    func chosen(name: String, background: RGB) throws {
        var player = Player.atWork()
        player.state.appearance = Appearance(themes: [try Self.theme(name)], isChosen: true)
        player.send(.terminal(.background(background)))
        for role in [Role.text, .accent, .positive, .negative] {
            let style = player.state.appearance.palette[role]
            guard case .exact(let color) = try #require(style.foreground) else { continue }
            let behind = if case .exact(let paper) = style.background { paper } else { background }
            #expect(ratio(color, behind) >= 3.5, "\(role)")
        }
    }

    /// The contrast ratio of WCAG 2: 1 to 21.
    private func ratio(_ a: RGB, _ b: RGB) -> Double {
        func luminance(_ color: RGB) -> Double {
            func linear(_ channel: UInt8) -> Double {
                let c = Double(channel) / 255
                return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
        }
        let (high, low) = (max(luminance(a), luminance(b)), min(luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)
    }
}
