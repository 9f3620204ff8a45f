import Foundation
import TestSupport
import Testing

@Suite("Keys and pastes in the program")
struct KeySequenceTests {
    @Test(
        "No form of a key with Alt deletes anything, whatever the terminal",
        arguments: ["screen-256color", "tmux-256color", "xterm-256color", "rxvt", "linux"])
    func alt(term: String) throws {
        let program = try opened(RunningProgram(term: term))
        #expect(program.mark("kept"))
        program.type("3a\u{1B}")
        #expect(program.wait(for: "2 t-shirt"), "\(program.screen.text)")
        let forms = [
            "\u{1B}[1;3D", "\u{1B}[1;4D", "\u{1B}\u{1B}[D", "\u{1B}\u{1B}OD", "\u{1B}[1;9D", "\u{1B}[3D", "\u{1B}D",
            "\u{1B}O3D", "\u{1B}[68;3u", "\u{1B}[27;3;68~", "\u{1B}[3;3~", "\u{1B}\u{1B}[3~", "\u{1B}q",
        ]
        for screen in "34" {
            program.type(String(screen))
            for form in forms {
                program.send(form)
                program.look(for: 0.03)
            }
            // Torn in two on the way.
            program.send("\u{1B}")
            program.look(for: 0.08)
            program.send("[1;4D")
            program.look(for: 0.05)
        }
        program.type("3")
        #expect(program.wait(for: "2 t-shirt"), "\(program.screen.text)")
        program.send("\u{1B}[99;5u")
        #expect(program.exitStatus() == 0, "Ctrl-C in kitty's form")
        #expect(try program.study.findings().count == 1)
        #expect(program.isLineRestored)
    }

    @Test("What a terminal says of itself is no key, not even while the study opens")
    func answers() throws {
        let program = try RunningProgram(study: PreparedStudy(isEmpty: true))
        #expect(program.wait { $0.isAlternate })
        for answer in [
            "\u{1B}[?1;2c", "\u{1B}]10;rgb:0000/0000/0000\u{7}", "\u{1B}P>|tmux 3.3a\u{1B}\\", "\u{1B}[24;80R",
        ] {
            program.send(answer)
            program.look(for: 0.05)
        }
        #expect(program.wait(for: "Units by rivals"), "\(program.screen.text)")
    }

    @Test("A paste is a concept; one without marks destroys nothing, one without an end is over in a second")
    func pastes() throws {
        let program = try opened(RunningProgram())
        #expect(program.mark("kept"))
        program.send("\u{1B}[200~ankle\nboot\u{1B}[201~")
        #expect(program.wait(for: "class ankle boot"), "\(program.screen.text)")
        program.type("\r4")
        #expect(program.wait(for: "kept"))
        program.send("Dresses and quilts, D\rDDDq\rq\r")
        program.look(for: 0.5)
        program.send("\u{1B}\u{1B}")
        program.look(for: 0.2)
        program.type("1")
        #expect(program.hasOpened(), "\(program.screen.text)")
        program.send("\u{1B}[200~sandal")
        #expect(program.wait(for: "class sandal"), "\(program.screen.text)")
        program.send("\u{3}")
        #expect(program.exitStatus() == 0)
        #expect(try program.study.findings().count == 1)
    }

    @Test("Readline's keys work in the field")
    func readline() throws {
        let program = try opened(RunningProgram())
        program.type("/ankle boot high")
        for key in ["\u{1B}b", "\u{1B}d", "\u{17}", "\u{1}", "\u{1B}f", "\u{B}", "\u{5}", "!"] {
            program.send(key)
            program.look(for: 0.03)
        }
        #expect(program.wait(for: "Concept ankle!"), "\(program.screen.text)")
    }
}
