import Foundation
import TestSupport

/// `kill -9` at random instants: the study opens afterwards, what was kept is there, and the finished result is that of a
/// run that nobody killed.
struct Kills {
    let maker: StudyMaker
    let seed: UInt64
    let workers: Int

    /// Something that writes.
    struct Verb: Sendable {
        var name: String
        /// The study it begins with; nil where it makes one.
        var base: String?
        /// Its arguments, for a study of a name.
        var arguments: @Sendable (String) -> [String]
        /// What its result is compared by.
        var questions: [[String]]
        /// A file beside the study that it writes, which is whole or not there.
        var file: (@Sendable (String) -> String)?
    }

    /// Studies that the verbs begin with.
    private func prepare() throws {
        let program = maker.program
        try program.must(maker.extraction("plain"))
        try maker.mark("plain", notes: ["first", "second"])
        try program.must(maker.extraction("both", layers: ["norm", "blocks.1"]))
        try program.must(StudyMaker.alignment + ["--study", "both"])
        try program.must(StudyMaker.alignment + ["--study", "both", "--layer", "blocks.1"])
        try maker.mark("both", notes: ["first", "second"])
        try maker.copy("plain", as: "trained")
        try program.must(StudyMaker.training + ["--study", "trained"])
        try program.must(["sae", "export", "--study", "trained", "--output", "autoencoder"])
        for share in 1...2 { try program.must(maker.extraction("share\(share)", ["--shard", "\(share)/2"])) }
    }

    private var verbs: [Verb] {
        let (maker, plain) = (maker, Answers.neurons)
        let both = plain + Answers.deep
        return [
            Verb(name: "extract", arguments: { maker.extraction($0) }, questions: plain),
            Verb(
                name: "extract several layers", arguments: { maker.extraction($0, layers: ["norm", "blocks.1"]) },
                questions: both),
            Verb(
                name: "add a layer", base: "plain", arguments: { maker.extraction($0, layers: ["blocks.1"]) },
                questions: both),
            Verb(
                name: "align", base: "plain", arguments: { StudyMaker.alignment + ["--study", $0] }, questions: plain),
            Verb(
                name: "sae train", base: "plain", arguments: { StudyMaker.training + ["--study", $0] },
                questions: plain + Answers.features),
            Verb(
                name: "sae import", base: "plain", arguments: { ["sae", "import", "autoencoder", "--study", $0] },
                questions: plain + Answers.features),
            Verb(
                name: "evaluate", base: "both",
                arguments: {
                    [
                        "evaluate", "--interventions", "--seeds", "1", "--top", "3", "--scale", "0", "--layer",
                        "blocks.1",
                        "--study", $0,
                    ]
                }, questions: both),
            Verb(
                name: "intervene on a deep layer", base: "both",
                arguments: {
                    ["intervene", "bag", "--layer", "blocks.1", "--top", "5", "--scale", "0", "--study", $0]
                }, questions: both),
            Verb(name: "merge", arguments: { ["merge", $0, "share1", "share2"] }, questions: plain),
            Verb(
                name: "map", base: "plain", arguments: { ["map", "--output", "\($0).svg", "--study", $0] },
                questions: plain, file: { "\($0).svg" }),
            Verb(
                name: "export", base: "plain", arguments: { ["export", "--output", "\($0).json", "--study", $0] },
                questions: plain, file: { "\($0).json" }),
            Verb(
                name: "another concept set", base: "plain",
                arguments: { maker.extraction($0).map { $0.hasSuffix("concepts.txt") ? "words.txt" : $0 } },
                questions: plain),
        ]
    }

    /// - Parameter count: kills in all.
    func run(_ count: Int) throws -> [(name: String, verdict: Verdict)] {
        try prepare()
        let verbs = verbs
        let each = max(1, count / (verbs.count + 1))
        var results: [(String, Verdict)] = []
        for (place, verb) in verbs.enumerated() {
            let reference = "whole-\(place)"
            if let base = verb.base { try maker.copy(base, as: reference) }
            let began = Date()
            try maker.program.must(verb.arguments(reference))
            let seconds = Date().timeIntervalSince(began)
            let answers = try Answers(maker.program, reference, verb.questions)
            let file = try verb.file.map { try Data(contentsOf: maker.program.home.appending(path: $0(reference))) }
            // Three kills to a study.
            let verdict = inParallel((each + 2) / 3, workers: workers) { index in
                var random = SeededRandom(seed: seed &+ UInt64(place) << 40 &+ UInt64(index) << 16)
                return try one(verb, "killed-\(place)-\(index)", seconds, (answers, file, reference), &random)
            }
            results.append((verb.name, verdict))
        }
        results.append(("the explorer", explorer(each)))
        return results
    }

    private func one(
        _ verb: Verb, _ name: String, _ seconds: Double, _ whole: (answers: Answers, file: Data?, name: String),
        _ random: inout SeededRandom
    ) throws -> Verdict {
        var verdict = Verdict()
        let program = maker.program
        defer {
            maker.remove(name)
            if let file = verb.file { maker.remove(file(name)) }
        }
        let kept = try verb.base.map { base in
            try maker.copy(base, as: name)
            return Answers.lasting(try program.must(["export", "--json", "--study", name]))
        }
        // How long it takes, which a machine that others use tells only as it goes.
        var longest = seconds
        for _ in 0..<3 {
            let after = Double.random(in: 0...1.1 * longest, using: &random)
            let began = Date()
            let ending = try program.run(verb.arguments(name), killedAfter: after)
            if ending.status != nil { longest = min(longest, Date().timeIntervalSince(began)) }
            verdict.tried += 1
            verdict.count(ending.status == nil ? "killed" : "ended before")
            let place = "\(verb.name), seed \(seed), \(name), killed after \(after) s"
            if let status = ending.status, status != 0 { verdict.faults.append("\(place): \(ending.summary)") }
            let info = try program.run(["info", "--study", name], within: 20)
            // A study that is not begun is not there.
            guard info.status == 0 || verb.base == nil && info.status == 66 else {
                verdict.faults.append("\(place): info: \(info.summary)")
                return verdict
            }
            if let kept, Answers.lasting(try program.must(["export", "--json", "--study", name])) != kept {
                verdict.faults.append("\(place): findings are lost")
            }
            if let file = verb.file, let whole = whole.file {
                let found = try? Data(contentsOf: program.home.appending(path: file(name)))
                if let found, found != whole, verb.name != "export" { verdict.faults.append("\(place): half a file") }
            }
        }
        let ending = try program.run(verb.arguments(name))
        guard ending.status == 0 else {
            verdict.faults.append("\(verb.name), seed \(seed), \(name): does not go on: \(ending.summary)")
            return verdict
        }
        let found = try Answers(program, name, verb.questions)
        for (place, texts) in zip(found.texts, whole.answers.texts).enumerated()
        where texts.0.replacing(name, with: whole.name) != texts.1 {
            let question = verb.questions[place].joined(separator: " ")
            verdict.faults.append("\(verb.name), seed \(seed), \(name): another answer to “\(question)”")
        }
        return verdict
    }

    /// Findings that the explorer said it kept are there, whenever it is killed.
    private func explorer(_ count: Int) -> Verdict {
        inParallel(count, workers: workers) { index in
            var random = SeededRandom(seed: seed &+ UInt64(index) << 32)
            var verdict = Verdict(tried: 1)
            let name = "explored-\(index)"
            try maker.copy("plain", as: name)
            defer { maker.remove(name) }
            let session = try RunningProgram(
                ["explore", "--study", maker.program.home.appending(path: name).path],
                study: PreparedStudy(isEmpty: true))
            var said = 0
            // Some while it opens.
            if index % 5 > 0 {
                guard session.hasOpened() else { throw Fault("it does not open: \(session.screen.text)") }
                for number in 0..<Int.random(in: 0...2, using: &random) {
                    if session.mark("note \(number)") { said += 1 }
                    session.type("\u{1B}")
                    session.look(for: 0.05)
                    session.type(["j", "2", "3", "/bag\r"].randomElement(using: &random) ?? "j")
                }
                session.type(["mlast\r", "3", "5", "\u{1B}[C", "4"].randomElement(using: &random) ?? "4")
            }
            session.look(for: Double.random(in: 0...0.3, using: &random))
            session.signal(SIGKILL)
            guard session.exitStatus(within: 20) != nil else { throw Fault("it is not killed") }
            verdict.count("killed")
            let text = try maker.program.must(["export", "--json", "--study", name])
            for note in ["first", "second"] + (0..<said).map({ "note \($0)" }) where !text.contains(note) {
                verdict.faults.append("seed \(seed), \(name): “\(note)” was kept and is lost")
            }
            _ = try Answers(maker.program, name, Answers.neurons)
            return verdict
        }
    }
}
