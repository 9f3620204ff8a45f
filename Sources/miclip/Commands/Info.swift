import Analysis
import ArgumentParser
import Workbench

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what a study holds.",
        discussion: """
            Only tells: no model is run and no image read, so it answers at once, also while another process extracts.

            Examples:
              miclip info --json
              miclip info --layer blocks.1 --probe-head
            """)

    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let target = try study.open()
        let info = try target.study.info()
        let assumed = try target.assumptions.compactMap { model, assumptions in
            AssumptionWording.line(assumptions).map { "\(model): \($0)" }
        }
        let layer = try target.info()
        var document = StudyDocument(info, layer)
        document.assumed = assumed
        try output.print(document) { document in
            (Self.lines(document, info, layer) + document.assumed.map { "assumed   \($0)" }
                + ImageWording.lines(warnings: document.warnings, skipped: document.skipped)).joined(separator: "\n")
        }
    }

    private static func lines(_ document: StudyDocument, _ info: StudyInfo, _ layer: StudyInfo.Layer) -> [String] {
        let images =
            document.images.map {
                "\(grouped($0)) (\(grouped(document.probeImages ?? 0)) probe, \(grouped(document.heldOutImages ?? 0)) held out)"
            }
            ?? "not all looked at yet"
        var lines = [
            "study     \(document.study)" + (info.shard.map { " (share \($0))" } ?? ""),
            "model     \(document.model)",
            "layer     \(document.layer)",
            "images    \(images)",
            "units     \(grouped(document.units))\(document.isSigned ? ", each with two poles" : "")\(features(document.features))",
            "concepts  \(grouped(document.concepts))",
            "classes   \(Wording.list(document.classes))",
        ]
        if layer.namelessClasses > 0 {
            lines.append(
                "          \(layer.namelessClasses) of them identifiers without words: give words.txt with "
                    + "`miclip extract --class-names`, or install wordnet-base")
        }
        let accuracy =
            document.accuracy.map { "\(number(100 * $0, 2)) % on the held-out images" }
            ?? (layer.reader == .none ? ErrorWording.remedyOfClasses : missing(layer))
        if let title = layer.reader.title { lines.append("reader    \(title)") }
        if let head = layer.probeHead { lines += Self.lines(head) }
        lines.append("accuracy  \(accuracy)" + (document.doubt.map { " (doubtful: \($0))" } ?? ""))
        if info.conceptSets.count > 1 {
            lines.append(
                "sets      "
                    + info.conceptSets.map { "\($0.name) \($0.count)\($0.isChosen ? " (chosen)" : "")" }
                    .joined(separator: ", "))
        }
        return lines + info.layers.map { "layers    \($0.facts.reference): \(state($0.facts))" }
    }

    private static func missing(_ layer: StudyInfo.Layer) -> String {
        layer.facts.isComplete ? "not counted yet" : "not extracted yet"
    }

    /// How a probe head was found.
    private static func lines(_ head: ProbeHeadReport) -> [String] {
        [
            "          fitted on the labels of \(grouped(head.images)) probe images, L2 \(head.shrinkage); of \(grouped(head.heldBack)) held back it "
                + "gets \(number(100 * head.accuracy, 2)) % right, the vote of the nearest 20 images "
                + "\(number(100 * head.neighbours, 2)) %"
                + (head.isConverged ? "" : "; stopped after \(head.iterations) steps, short of its optimum")
        ]
    }

    private static func state(_ facts: LayerFacts) -> String {
        facts.isComplete ? "complete" : facts.rows == 0 ? "none" : "\(facts.rows) of \(facts.images)"
    }

    private static func features(_ report: AutoencoderDocument?) -> String {
        guard let report else { return "" }
        return
            "\nfeatures  \(report.features)\(report.isOfTokens ? " of tokens (\(report.pooling))" : ""), \(number(100 * report.explainedVariance, 1)) % of the variance explained, "
            + "\(number(100 * report.deadShare, 1)) % dead"
    }
}
