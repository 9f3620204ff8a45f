import TestSupport
import Testing

/// A short part of `make torture` on studies, from a fixed seed; each needs a study of its own, made by the program.
@Suite("Torture of studies")
struct StudyTortureTests {
    @Test("A damaged study answers as before or says what is damaged")
    func damaged() throws {
        let run = try TortureRun("studies", "--files", "10", "--rows", "10", "--workers", "2")
        #expect(run.status == 0 && run.output.contains("20 tried"), "\(run.output)")
    }

    @Test("kill -9 loses nothing that was kept, and the result is that of a run that nobody killed")
    func killed() throws {
        let run = try TortureRun("kills", "--count", "42", "--workers", "2")
        #expect(run.status == 0 && run.output.contains("kills in all"), "\(run.output)")
    }

    @Test("A join killed before any of its changes leaves a study that opens and goes on, or none")
    func killedEverywhere() throws {
        let run = try TortureRun("kills", "--every", "merge", "--workers", "2")
        #expect(run.status == 0 && run.output.contains("kills everywhere in merge"), "\(run.output)")
    }

    @Test("A full disk stops no reading, and what could not be written goes on with room")
    func fullDisk() throws {
        let run = try TortureRun("disks", "--count", "5")
        #expect(run.status == 0 && (run.output.contains("5 tried") || run.output.contains("skipped")), "\(run.output)")
    }

    @Test("Two processes at one study")
    func together() throws {
        let run = try TortureRun("together", "--count", "4")
        #expect(run.status == 0 && run.output.contains("4 tried"), "\(run.output)")
    }

    @Test("Random keys, sequences and answers of terminals")
    func terminals() throws {
        let run = try TortureRun("terminals", "--rounds", "3", "--keys", "100")
        #expect(run.status == 0 && run.output.contains("3 kinds"), "\(run.output)")
    }
}
