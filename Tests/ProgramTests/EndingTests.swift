import Foundation
import TestSupport
import Testing

@Suite("However it ends")
struct EndingTests {
    @Test(
        "A signal ends it with the shell's status for it, the terminal restored and the place kept",
        arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGHUP, 129), (SIGQUIT, 131)] as [(Int32, Int32)])
    func signals(signal: Int32, status: Int32) throws {
        let program = try opened(RunningProgram())
        program.send("2")
        #expect(program.wait { !$0.text.contains("Units by rivals") })
        program.signal(signal)
        #expect(program.exitStatus() == status)
        #expect(program.isLineRestored && program.isScreenRestored)
        let next = try RunningProgram(study: program.study)
        #expect(next.wait { $0.text.contains("quit") && $0.text.contains("Units") })
        next.look(for: 0.3)
        #expect(!next.screen.text.contains("Units by rivals"), "the next start comes back to the place")
    }

    @Test("A terminal that is torn off ends it, and what was marked is kept")
    func tornOff() throws {
        let program = try opened(RunningProgram())
        #expect(program.mark("kept in time"))
        program.tearOff()
        #expect(program.exitStatus() == 129)
        #expect(try program.study.run("export", "--json").contains("kept in time"))
    }

    @Test("On a line that takes nothing more, a second request ends it", arguments: [true, false])
    func stalledLine(isStopped: Bool) throws {
        let program = try opened(RunningProgram(columns: 200, rows: 60))
        if isStopped { program.stopLine() }
        // Screens enough to fill what the kernel takes in, and nobody reads.
        for screen in 0..<60 { program.send(screen % 2 == 0 ? "2" : "1"); usleep(8000) }
        usleep(500_000)
        program.signal(SIGTERM)
        #expect(program.exitStatus(within: 0.4, reads: false) == nil, "it waits for the line")
        program.signal(SIGTERM)
        #expect(program.exitStatus(reads: false) == 143)
        #expect(program.isLineRestored)
    }

    @Test("Ctrl-Q after Ctrl-S does not quit")
    func flow() throws {
        let program = try opened(RunningProgram())
        program.type("\u{13}\u{11}")
        program.type("4")
        #expect(program.wait(for: "Nothing marked yet"), "\(program.screen.text)")
        program.type("\u{11}")
        #expect(program.exitStatus() == 0)
    }

    @Test("An answer that comes late never lands on the prompt")
    func lateAnswer() throws {
        let program = try RunningProgram(environment: ["SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"])
        program.answers = false
        #expect(program.wait { $0.attributeRequests > 0 })
        program.send("\u{3}")
        program.look(for: 0.4)
        program.send("\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\")
        program.look(for: 0.2)
        program.send("\u{1B}[?62;22c")
        #expect(program.exitStatus() == 0)
        program.look(for: 0.2)
        #expect(program.waiting == 0)
    }

    @Test("A terminal that never answers does not keep it long")
    func noAnswer() throws {
        let program = try RunningProgram()
        program.answers = false
        #expect(program.hasOpened(), "\(program.screen.text)")
        program.send("q")
        #expect(program.exitStatus() == 0)
    }

    @Test("A file of the study that is cut short under it ends it in one line, with the terminal restored")
    func truncated() throws {
        let program = try opened(RunningProgram(columns: 250))
        let folder = program.study.folder.appending(path: "activations")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files { truncate(file.path, 0) }
        // Whatever reads the file: the map of what is on the disk, in place of what was computed.
        for key in "2\u{1B}[B\u{1B}[B31\u{1B}[C3ae5" { program.send(String(key)) }
        let status = program.exitStatus()
        #expect(status == 74, "\(program.screen.text)")
        #expect(program.screen.text.contains("cut short") && program.screen.text.contains("activations/"))
        #expect(program.isLineRestored && program.isScreenRestored)
    }
}
