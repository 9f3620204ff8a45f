import Foundation
import TestSupport

/// `kill -9` before one of the changes to the disk: the study opens afterwards, what was kept is there, and the finished result is that of a
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
        try program.prepareDiskChanges()
        try program.must(maker.extraction("plain"))
        try maker.mark("plain", notes: ["first", "second"])
        try program.must(maker.extraction("both", layers: ["norm", "blocks.1"]))
        try program.must(StudyMaker.alignment + ["--study", "both"])
        try program.must(StudyMaker.alignment + ["--study", "both", "--layer", "blocks.1"])
        try maker.mark("both", notes: ["first", "second"])
        try maker.copy("plain", as: "trained")
        try program.must(StudyMaker.training + ["--study", "trained"])
        try program.must(["sae", "export", "--study", "trained", "--output", "autoencoder"])
        let (samples, images) = (Samples.folder.path, maker.images.probe.path)
        try program.must(
            ["activations", samples + "/target-vit", images, "--hook", "norm", "--pooling", "cls"]
                + ["--output", "activations.npy"])
        try program.must(["embed", samples + "/clip", "--image", images, "--output", "image_embeddings.npy"])
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
                name: "import layer",
                arguments: {
                    ["import", "layer", "--study", $0, "--name", "norm", "activations.npy", "image_embeddings.npy"]
                        + ["--concept-space", Samples.folder.path + "/clip"]
                }, questions: Answers.imported),
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

    /// What a run that nobody killed came to.
    private struct Whole: Sendable {
        var study: String
        /// How many changes to the disk it made.
        var changes: Int
        var answers: Answers
        var file: Data?
    }

    private func whole(_ verb: Verb) throws -> Whole {
        let study = "whole-\(verb.name.replacing(" ", with: "-"))"
        if let base = verb.base { try maker.copy(base, as: study) }
        let changes = try maker.program.changes(by: verb.arguments(study))
        return Whole(
            study: study, changes: changes, answers: try Answers(maker.program, study, verb.questions),
            file: try verb.file.map { try Data(contentsOf: maker.program.home.appending(path: $0(study))) })
    }

    /// - Parameter count: kills in all.
    func run(_ count: Int) throws -> [(name: String, verdict: Verdict)] {
        try prepare()
        let verbs = verbs
        let each = max(1, count / (verbs.count + 1))
        var results: [(String, Verdict)] = []
        for (place, verb) in verbs.enumerated() {
            let whole = try whole(verb)
            // Three kills to a study: what those before left to do takes fewer changes.
            let verdict = inParallel((each + 2) / 3, workers: workers) { index in
                var random = SeededRandom(seed: seed &+ UInt64(place) << 40 &+ UInt64(index) << 16)
                let kills = (0..<3).map { _ in Int.random(in: 1...whole.changes, using: &random) }
                return try one(verb, "killed-\(place)-\(index)", kills, whole)
            }
            results.append((verb.name, verdict))
        }
        results.append(("the explorer", explorer(each)))
        return results
    }

    /// Kills a verb before each of its changes, every time in another study; answers are compared of one in sixteen.
    func everywhere(_ name: String) throws -> Verdict {
        try prepare()
        guard let verb = verbs.first(where: { $0.name == name }) else {
            throw Fault("no verb “\(name)”; there are \(verbs.map(\.name).joined(separator: ", "))")
        }
        let whole = try whole(verb)
        return inParallel(whole.changes, workers: workers) { index in
            try one(verb, "killed-\(index)", [index + 1], whole, isCompared: index.isMultiple(of: 16))
        }
    }

    private func one(
        _ verb: Verb, _ name: String, _ kills: [Int], _ whole: Whole, isCompared: Bool = true
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
        for change in kills {
            let ending = try program.run(verb.arguments(name), killedBeforeChange: change)
            verdict.tried += 1
            verdict.count(ending.status == nil ? "killed" : "ended before")
            let place = "\(verb.name), \(name), killed before change \(change) of \(whole.changes)"
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
            verdict.faults.append("\(verb.name), \(name), killed before \(kills): does not go on: \(ending.summary)")
            return verdict
        }
        guard isCompared else { return verdict }
        let found = try Answers(program, name, verb.questions)
        for (place, texts) in zip(found.texts, whole.answers.texts).enumerated()
        where texts.0.replacing(name, with: whole.study) != texts.1 {
            let question = verb.questions[place].joined(separator: " ")
            verdict.faults.append("\(verb.name), \(name), killed before \(kills): another answer to “\(question)”")
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
