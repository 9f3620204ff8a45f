import Foundation
import TestSupport

/// Small studies to be tortured, made by the program itself.
struct StudyMaker: Sendable {
    let program: Program
    let images: (probe: URL, heldOut: URL)

    /// - Parameter folder: where everything lies.
    init(in folder: URL, probe: Int = 160, heldOut: Int = 96) throws {
        program = Program(home: folder)
        images = (
            try Samples.cut("train10k", to: probe, into: folder, inflated: Samples.gunzip),
            try Samples.cut("t10k", to: heldOut, into: folder, inflated: Samples.gunzip)
        )
        try Array("boot\nshoe\nbag\nhandle\nshirt\nsleeve\ndress\nheel\n".utf8)
            .withUnsafeBytes { Data($0) }.write(to: folder.appending(path: "words.txt"))
    }

    /// The arguments that extract a study.
    func extraction(_ study: String, layers: [String] = ["norm"], _ more: [String] = []) -> [String] {
        let samples = Samples.folder.path
        return [
            "extract", "--study", study, "--model", samples + "/target-vit", "--concept-space", samples + "/clip",
            "--probe-images", images.probe.path, "--held-out-images", images.heldOut.path, "--concepts",
            samples + "/concepts.txt",
        ] + layers.flatMap { ["--layer", $0] } + more
    }

    static let alignment = ["align", "--epochs", "3", "--batch", "32", "--seed", "5"]
    static let training = ["sae", "train", "--features", "48", "--k", "4", "--epochs", "3", "--batch", "32"]

    /// A study with a layer that is linear to the logits, a deep one, features, answers counted on the deep layer, and two
    /// findings.
    func whole(_ name: String) throws {
        try program.must(extraction(name, layers: ["norm", "blocks.1"]))
        try program.must(Self.alignment + ["--study", name])
        try program.must(Self.training + ["--study", name])
        for question in Answers.neurons + Answers.features + Answers.deep {
            try program.must(question + ["--study", name])
        }
        try mark(name, notes: ["one", "two"])
    }

    /// Marks the unit on show in the explorer, once with each note, and waits until it says so.
    func mark(_ name: String, notes: [String]) throws {
        let session = try RunningProgram(
            ["explore", "--study", program.home.appending(path: name).path], study: PreparedStudy(isEmpty: true))
        guard session.hasOpened() else { throw Fault("the explorer does not open: \(session.screen.text)") }
        for note in notes {
            guard session.mark(note) else { throw Fault("\(note) is not kept: \(session.screen.text)") }
            session.type("\u{1B}")
            session.look(for: 0.2)
            session.type("j")
            session.look(for: 0.2)
        }
        session.send("\u{3}")
        guard session.exitStatus(within: 20) == 0 else { throw Fault("the explorer does not end") }
    }

    func copy(_ name: String, as other: String) throws {
        let (from, to) = (program.home.appending(path: name), program.home.appending(path: other))
        try? FileManager.default.removeItem(at: to)
        try FileManager.default.copyItem(at: from, to: to)
    }

    func remove(_ name: String) { try? FileManager.default.removeItem(at: program.home.appending(path: name)) }
}

/// Does independent work on all cores.
func inParallel(_ count: Int, workers: Int, _ body: @escaping @Sendable (Int) throws -> Verdict) -> Verdict {
    let (next, total, lock) = (Counter(), Box(Verdict()), NSLock())
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while let index = next.take(below: count) {
            var verdict = Verdict()
            do { verdict = try body(index) } catch {
                verdict.tried += 1
                verdict.faults.append("\(index): \(error)")
            }
            lock.withLock {
                total.value = total.value + verdict
                // At once: a run of an hour may be stopped.
                var lines = verdict.faults.map { "found: \($0)\n" }
                if total.value.tried.isMultiple(of: 100) { lines.append("\(total.value.tried) of \(count)\n") }
                FileHandle.standardError.write(Data(lines.joined().utf8))
            }
        }
    }
    return total.value
}

final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}

final class Counter: @unchecked Sendable {
    private var next = 0
    private let lock = NSLock()

    func take(below end: Int) -> Int? {
        lock.withLock {
            guard next < end else { return nil }
            defer { next += 1 }
            return next
        }
    }
}
