import Explorer
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
        #expect(error(Self.whole, "- a\n- b\n")?.fault == .notAMapping)
        #expect(error(Self.whole, "")?.fault == .notAMapping)
        let syntax = error("name: test", "name: [test")
        #expect(syntax?.line != nil)
        if case .syntax = syntax?.fault {} else { Issue.record("not told as syntax: \(String(describing: syntax))") }
    }
}
