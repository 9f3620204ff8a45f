import Foundation
import TestSupport
import Testing

@Suite("The program in a terminal")
struct ExplorerProgramTests {
    @Test("It starts, finds a typed concept, and gives the terminal back as it was")
    func startAndType() throws {
        let program = try opened(RunningProgram())
        program.type("/boot")
        #expect(program.wait(for: "class ankle boot"), "\(program.screen.text)")
        program.type("\r")
        program.send("q")
        #expect(program.exitStatus() == 0)
        #expect(program.isLineRestored && program.isScreenRestored)
        #expect(program.waiting == 0)
    }

    @Test("A slider moves, and the next start comes back to it")
    func steer() throws {
        let program = try opened(RunningProgram())
        program.send("3")
        #expect(program.wait(for: "Steer the top"))
        program.send("\u{1B}[C")
        #expect(program.wait(for: "1.05"), "\(program.screen.text)")
        program.send("\u{3}")
        #expect(program.exitStatus() == 0)
        let next = try RunningProgram(study: program.study)
        #expect(next.wait { $0.text.contains("Steer the top") && $0.text.contains("1.05") }, "\(next.screen.text)")
    }

    @Test("What is marked is exported with its note, and there in the next start")
    func markAndExport() throws {
        let program = try opened(RunningProgram())
        #expect(program.mark("wears boots"), "\(program.screen.text)")
        program.type("4e")
        #expect(program.wait(for: "Export"))
        program.type("\r")
        #expect(program.wait(for: "written to"), "\(program.screen.text)")
        let files = try FileManager.default.contentsOfDirectory(atPath: program.home.path).filter {
            $0.hasPrefix("findings.")
        }
        let written = try files.map { try String(contentsOf: program.home.appending(path: $0), encoding: .utf8) }
        #expect(written.count == 1 && written[0].contains("wears boots"))
        program.send("q")
        #expect(program.exitStatus() == 0)
        let next = try RunningProgram(study: program.study)
        #expect(next.wait(for: "wears boots"), "\(next.screen.text)")
    }

    @Test("A finding that was deleted comes back with u in a later start, note and all")
    func undoLater() throws {
        let program = try opened(RunningProgram())
        #expect(program.mark("a sole worth keeping"), "\(program.screen.text)")
        program.type("4D")
        #expect(program.wait(for: "u brings it back"), "\(program.screen.text)")
        program.send("\u{3}")
        #expect(program.exitStatus() == 0)
        #expect(try !program.study.run("export", "--json").contains("a sole worth keeping"))

        let next = try RunningProgram(study: program.study)
        #expect(next.wait(for: "0 kept, 1 deleted"), "\(next.screen.text)")
        next.type("u")
        #expect(next.wait(for: "a sole worth keeping"), "\(next.screen.text)")
        next.send("\u{3}")
        #expect(next.exitStatus() == 0)
        #expect(try program.study.run("export", "--json").contains("a sole worth keeping"))
    }

    @Test("It follows the window to another size")
    func resizing() throws {
        let program = try opened(RunningProgram())
        program.resize(columns: 140, rows: 45)
        #expect(program.wait { Self.fills($0, columns: 140, rows: 45) }, "\(program.screen.text)")
        program.resize(columns: 60, rows: 17)
        #expect(program.wait { Self.fills($0, columns: 60, rows: 17) }, "\(program.screen.text)")
    }

    @Test("LINES and COLUMNS of another window do not cut the screen")
    func lyingEnvironment() throws {
        let program = try opened(
            RunningProgram(columns: 120, rows: 36, environment: ["COLUMNS": "80", "LINES": "24"]))
        #expect(program.wait { Self.fills($0, columns: 120, rows: 36) }, "\(program.screen.text)")
    }

    /// Whether the last line shows the keys and some line reaches the right edge.
    private static func fills(_ screen: ScreenReader, columns: Int, rows: Int) -> Bool {
        let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count == rows && lines.last?.contains("?") == true
            && lines.contains { $0.count >= columns - 1 }
    }

    @Test("It ends well in the midst of an evaluation, whatever that is at")
    func endsWhileItComputes() throws {
        let study = try PreparedStudy()
        for round in 0..<6 {
            let program = try opened(RunningProgram(study: study))
            program.send("E")
            #expect(program.wait(for: "Esc stop"), "\(program.screen.text)")
            Thread.sleep(forTimeInterval: 0.1 * Double(round))
            program.send("\u{3}")
            #expect(program.exitStatus() == 0)
            #expect(program.isLineRestored && program.isScreenRestored)
        }
    }

    @Test("Ctrl-Z stops it and gives the shell its terminal; fg brings the screen back")
    func suspending() throws {
        let script = "set -m; \"$MICLIP\"; echo \"stopped $?\"; read -r line; fg >/dev/null; echo \"ended $?\""
        let program = try opened(RunningProgram(command: ["/bin/bash", "--norc", "-c", script]))
        program.send("\u{1A}")
        #expect(program.wait(for: "stopped 148"), "\(program.screen.text)")
        #expect(program.isLineRestored && program.isScreenRestored)
        program.send("\n")
        #expect(program.hasOpened(), "\(program.screen.text)")
        #expect(!program.isLineRestored)
        program.send("q")
        #expect(program.wait(for: "ended 0"), "\(program.screen.text)")
        #expect(program.exitStatus() == 0)
        #expect(program.isLineRestored && program.isScreenRestored)
    }

    @Test("Two explorers on one study both keep what is marked in them")
    func openedTwice() throws {
        let study = try PreparedStudy()
        let first = try opened(RunningProgram(study: study))
        let second = try opened(RunningProgram(study: study))
        for (program, note) in [(first, "of the first"), (second, "of the second")] {
            #expect(program.mark(note), "\(program.screen.text)")
        }
        for program in [first, second] {
            program.send("q")
            #expect(program.exitStatus() == 0)
        }
        let text = try study.run("export", "--json")
        #expect(text.contains("of the first") && text.contains("of the second"))
    }

    @Test("Ctrl-C while it opens for the first time ends it; the next start goes on")
    func endedWhileOpening() throws {
        let study = try PreparedStudy(isEmpty: true)
        let program = try RunningProgram(study: study)
        #expect(program.wait { $0.isAlternate && !$0.text.allSatisfy(\.isWhitespace) })
        program.look(for: 0.5)
        program.send("\u{3}")
        #expect(program.exitStatus() == 0)
        #expect(program.isLineRestored && program.isScreenRestored)
        _ = try opened(RunningProgram(study: study))
    }
}
