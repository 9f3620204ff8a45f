import Analysis
import ArgumentParser
import Files
import Foundation
import Workbench

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Do again what a session of steering did, without a screen.",
        discussion: """
            The explorer writes a session with w on Steer. The figures are those it showed, on the same study.

            Example: miclip replay session.json --every
            """)

    @Argument(help: "A session the explorer wrote.", completion: .file()) var file: String
    @Flag(help: "Print the figures after every action, not only the last.") var every = false
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let record = try SteeringRecord(readFrom: URL(filePath: file))
        let study = try study.layer(units: record.units)
        try warn(ofDoubtIn: study)
        var list = record.start
        var counted = (words: ClassWords?.none, study: study)
        func step(_ actions: Int, limit: Int? = nil) throws -> ReplayDocument.Step {
            if list.words != counted.words {
                counted = (list.words, try list.words.map { try study.counting(words: $0) } ?? study)
            }
            return try Self.step(list, actions, counted.study, limit: limit)
        }
        var steps: [ReplayDocument.Step] = []
        for (position, action) in record.actions.enumerated() {
            list.apply(action)
            guard every, position < record.actions.count - 1, !list.active.concept.isEmpty else { continue }
            steps.append(try step(position + 1))
        }
        // Of a deep layer as many images as had been counted then, in the same order.
        let limit = record.outcome.flatMap { $0.isComplete ? nil : $0.images }
        let last = try step(record.actions.count, limit: limit)
        steps.append(last)
        let document = ReplayDocument(
            actions: record.actions.count, steps: steps, agrees: record.outcome.map { last.agrees(with: $0) })
        try output.print(document) { document in
            var lines: [String] = []
            for step in document.steps {
                let classes = step.classes.map { ", of \($0.count) classes" } ?? ""
                lines.append("after \(step.actions) of \(document.actions) actions, class \(step.class)\(classes)")
                for entry in step.interventions {
                    lines.append(
                        "  \(entry.concept.padded(16)) top \(entry.top)  \(entry.operator) by β = \(strength(entry.beta, 3))"
                            + (entry.isMuted ? ", muted" : ""))
                }
                lines.append("  class    " + Wording.change(step.classAccuracy))
                lines.append("  others   " + Wording.change(step.otherAccuracy))
                lines.append("  overall  " + Wording.change(step.accuracy))
            }
            if let agrees = document.agrees {
                lines.append(agrees ? "the figures the explorer showed" : "not the figures the explorer showed")
            }
            return lines.joined(separator: "\n")
        }
    }

    private static func step(
        _ list: SteeringList, _ actions: Int, _ study: StudiedLayer, limit: Int? = nil
    ) throws -> ReplayDocument.Step {
        let (steering, target) = try list.steering(in: study)
        let outcome = try withProgress {
            try study.outcome(of: steering, target: target.index, limit: limit, $0)
        }
        return ReplayDocument.Step(actions: actions, list: list, target: target, outcome: outcome)
    }
}

extension SteeringRecord {
    /// The units that are steered in it.
    fileprivate var units: Set<UnitKind> {
        actions.reduce(into: [start.units]) { units, action in
            if case .steer(let kind) = action { units.insert(kind) }
        }
    }

    /// - Throws: `FileError.unreadable`, or `malformedSession` where the file is no session.
    fileprivate init(readFrom url: URL) throws {
        let bytes = try WholeFile.bytes(of: url)
        do {
            self = try JSONDecoder().decode(SteeringRecord.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw WorkbenchError.malformedSession(
                file: url.path, place: error.path.isEmpty ? "the beginning" : error.path)
        }
    }
}
