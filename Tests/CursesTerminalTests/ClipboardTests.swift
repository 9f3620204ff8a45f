import CursesTerminal
import Testing

@Suite("The clipboard of the terminal")
struct ClipboardTests {
    @Test("takes text as OSC 52 with its UTF-8 in base64; tmux gets it wrapped too, every Esc doubled")
    func sequences() {
        #expect(
            String(decoding: ClipboardSequence.bytes("norm:3- β", isInTmux: false), as: UTF8.self)
                == "\u{1B}]52;c;bm9ybTozLSDOsg==\u{7}")
        let wrapped = String(decoding: ClipboardSequence.bytes("a", isInTmux: true), as: UTF8.self)
        #expect(wrapped == "\u{1B}]52;c;YQ==\u{7}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;YQ==\u{7}\u{1B}\\")
    }
}
