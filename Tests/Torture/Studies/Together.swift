import Foundation
import TestSupport

/// Two processes at one study.
struct Together {
    let maker: StudyMaker
    let seed: UInt64

    func run(_ count: Int) throws -> Verdict {
        try maker.program.must(maker.extraction("plain"))
        try maker.program.must(maker.extraction("both", layers: ["norm", "blocks.1"]))
        let answers = try Answers(maker.program, "both", Answers.neurons + Answers.deep)
        var verdict = Verdict()
        let pairs: [(name: String, run: (String, inout SeededRandom) throws -> Void)] = [
            ("two extracts", { try twoExtracts($0, &$1) }), ("an extract and questions", { try questions($0, &$1) }),
            ("the explorer and an extract", { try explorerAndExtract($0, &$1) }),
            ("two explorers", { try twoExplorers($0, &$1) }),
        ]
        for index in 0..<count {
            var random = SeededRandom(seed: seed &+ UInt64(index) << 24)
            let pair = pairs[index % pairs.count]
            let name = "together-\(index)"
            verdict.tried += 1
            verdict.count(pair.name)
            do {
                try maker.copy("plain", as: name)
                try pair.run(name, &random)
                try maker.program.must(maker.extraction(name, layers: ["blocks.1"]))
                let found = try Answers(maker.program, name, Answers.neurons + Answers.deep)
                // Findings are the pair's own.
                for (place, texts) in zip(found.texts, answers.texts).enumerated() where place != 0 && place != 4 {
                    guard texts.0.replacing(name, with: "both") == texts.1 else {
                        throw Fault("another answer to “\((Answers.neurons + Answers.deep)[place])”")
                    }
                }
            } catch {
                verdict.faults.append("\(pair.name), seed \(seed), \(name): \(error)")
            }
            maker.remove(name)
        }
        return verdict
    }

    private func inBackground(_ arguments: [String]) -> () throws -> Ending {
        let (result, done) = (Box<Result<Ending, any Error>?>(nil), DispatchSemaphore(value: 0))
        let program = maker.program
        Thread.detachNewThread {
            result.value = Result { try program.run(arguments) }
            done.signal()
        }
        return {
            done.wait()
            return try result.value!.get()
        }
    }

    private func twoExtracts(_ name: String, _ random: inout SeededRandom) throws {
        let arguments = maker.extraction(name, layers: ["blocks.1"])
        let other = inBackground(arguments)
        usleep(UInt32.random(in: 0...300_000, using: &random))
        for ending in try [maker.program.run(arguments), other()] {
            guard ending.status == 0 || ending.isWordedFailure else { throw Fault(ending.summary) }
        }
    }

    private func questions(_ name: String, _ random: inout SeededRandom) throws {
        let other = inBackground(maker.extraction(name, layers: ["blocks.1"]))
        for _ in 0..<5 {
            usleep(UInt32.random(in: 0...100_000, using: &random))
            for question in [["info", "--json"], ["locate", "boot", "--layer", "norm", "--json"]] {
                let ending = try maker.program.run(question + ["--study", name], within: 20)
                guard ending.status == 0 else { throw Fault("\(question[0]) meanwhile: \(ending.summary)") }
            }
        }
        let ending = try other()
        guard ending.status == 0 else { throw Fault("the extract: \(ending.summary)") }
    }

    private func explorer(_ name: String) throws -> RunningProgram {
        let session = try RunningProgram(
            ["explore", "--study", maker.program.home.appending(path: name).path], study: PreparedStudy(isEmpty: true))
        guard session.hasOpened() else { throw Fault("the explorer does not open: \(session.screen.text)") }
        return session
    }

    private func mark(_ session: RunningProgram, _ note: String) throws {
        guard session.mark(note) else { throw Fault("\(note) is not kept: \(session.screen.text)") }
        session.type("\u{1B}")
        session.look(for: 0.1)
        session.type("j")
        session.look(for: 0.1)
    }

    private func end(_ session: RunningProgram) throws {
        session.send("\u{3}")
        guard session.exitStatus(within: 20) == 0 else { throw Fault("the explorer does not end") }
    }

    private func explorerAndExtract(_ name: String, _ random: inout SeededRandom) throws {
        let session = try explorer(name)
        let other = inBackground(maker.extraction(name, layers: ["blocks.1"]))
        usleep(UInt32.random(in: 0...300_000, using: &random))
        for note in ["alpha", "beta"] { try mark(session, note) }
        let ending = try other()
        guard ending.status == 0 else { throw Fault("the extract: \(ending.summary)") }
        try end(session)
        try expect(["alpha", "beta"], in: name)
    }

    private func twoExplorers(_ name: String, _ random: inout SeededRandom) throws {
        let sessions = try [explorer(name), explorer(name)]
        var notes: [String] = []
        for number in 0..<4 {
            let note = "note \(number)"
            try mark(sessions[Int.random(in: 0...1, using: &random)], note)
            notes.append(note)
        }
        for session in sessions { try end(session) }
        try expect(notes, in: name)
    }

    private func expect(_ notes: [String], in name: String) throws {
        let text = try maker.program.must(["export", "--json", "--study", name])
        for note in notes where !text.contains(note) { throw Fault("“\(note)” was kept and is lost") }
    }
}
