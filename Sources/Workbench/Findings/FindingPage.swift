import Analysis
import Foundation

/// A finding in words, tables and pictures, whatever it is written in.
package struct FindingPage {
    package var title: String
    package var tags: [String]
    package var note: String
    package var sentences: [String]
    package var columns: [String]
    package var rows: [[String]]
    package var plot: ReportPlot?
    /// Accuracy on the class over β, where the rest of the network is linear; with the β of the finding.
    package var curve: AccuracyPlot?
    /// The unit's most activating images.
    package var images: [ActivatingImage] = []
    /// What gives the figures again.
    package var command: String?
    /// When, where and with what it was found.
    package var origin: String
    /// Digests of what the figures depend on.
    package var digests: [String: String]

    init(_ finding: Finding, study: String) {
        switch finding.subject {
        case .unit(let description): self.init(of: finding, description, study: study)
        case .intervention(let concept, let target, let intervention, let outcome):
            self.init(of: finding, [concept], target, [intervention], outcome, study: study)
        case .steering(let concepts, let target, let steering, let outcome):
            self.init(of: finding, concepts, target, steering.interventions, outcome, study: study)
        }
    }

    private init(of finding: Finding, _ description: UnitDescription, study: String) {
        (tags, note) = (finding.tags, finding.note)
        digests = finding.provenance?.digests ?? [:]
        origin = Self.origin(of: finding)
        command = finding.command(study: study)
        title = "Unit \(description.unit)" + (description.concepts.first.map { ": \($0.concept)" } ?? "")
        sentences = Self.sentences(of: description)
        columns = ["concept", "cosine"] + (description.does == nil ? [] : ["what it does", "cosine"])
        let does = description.does ?? []
        rows = description.concepts.enumerated().map { place, concept in
            let other = does.indices.contains(place) ? [does[place].concept, Self.score(does[place].score)] : ["", ""]
            return [concept.concept, Self.score(concept.score)] + (description.does == nil ? [] : other)
        }
        plot = ReportPlot(
            title: "Cosine with the concept",
            bars: description.concepts.map {
                .init(name: $0.concept, values: [.init(Double($0.score), nil)], isControl: false)
            })
    }

    private init(
        of finding: Finding, _ concepts: [String], _ target: ConceptClass, _ interventions: [Intervention],
        _ outcome: InterventionOutcome, study: String
    ) {
        (tags, note) = (finding.tags, finding.note)
        digests = finding.provenance?.digests ?? [:]
        origin = Self.origin(of: finding)
        command = finding.command(study: study)
        let parts = zip(concepts, interventions).map { concept, intervention in
            (intervention.operator == .scaling ? "× " : intervention.beta < 0 ? "" : "+")
                + String(format: "%g", intervention.beta) + " on the "
                + (intervention.units.count == 1 ? "unit" : "\(grouped(intervention.units.count)) units")
                + " of “\(concept)”"
        }
        title = "Intervention: " + parts.joined(separator: ", then ")
        let images =
            outcome.isComplete
            ? "all \(grouped(outcome.imagesInAll)) held-out images"
            : "\(grouped(outcome.images)) of \(grouped(outcome.imagesInAll)) held-out images, drawn at random"
        sentences =
            ["Accuracy is read on the class \(target.name), on \(images)."]
            + zip(concepts, interventions).map { concept, intervention in
                "“\(concept)”: \(intervention.operator == .scaling ? "scaled by" : "shifted by") "
                    + String(format: "%g", intervention.beta)
                    + ": \(intervention.units.map(\.description).joined(separator: " "))."
            }
        columns = ["accuracy", "before", "after", "change in points", "95 % interval after"]
        let lines: [(String, AccuracyChange?, ClosedRange<Double>)] = [
            (target.name, outcome.classAccuracy, outcome.classInterval),
            ("other classes", outcome.otherAccuracy, outcome.othersInterval),
            ("all", outcome.accuracy, outcome.overallInterval),
        ]
        rows = lines.map { name, change, interval in
            guard let change else { return [name, "no held-out image", "", "", ""] }
            return [
                name, Self.percent(change.before), Self.percent(change.after),
                number(100 * (change.after - change.before), 2, signed: true),
                outcome.isComplete
                    ? "counted whole" : Self.percent(interval.lowerBound) + " to " + Self.percent(interval.upperBound),
            ]
        }
        plot = ReportPlot(
            title: "Change of accuracy in points",
            bars: lines.compactMap { name, change, _ in
                change.map {
                    .init(
                        name: name, values: [.init(100 * ($0.after - $0.before), nil)], isControl: name != target.name)
                }
            }, leastSpan: 1)
    }

    private static func sentences(of description: UnitDescription) -> [String] {
        guard let quality = description.quality else { return ["Its description was not scored."] }
        guard !quality.isDead else { return ["It is dead: its activation is the same on every probe image."] }
        let scored = quality.explanation.flatMap { explanation in
            explanation.scores.map { scores in
                "“\(explanation.concept)” as its description, on \(grouped(scores.images)) held-out images by "
                    + "\(scores.basis.rawValue): Pearson \(score(scores.pearson)), AUPRC \(score(scores.auprc)); a concept "
                    + "drawn from the set gives \(score(explanation.chancePearson)) on average"
                    + (explanation.isNoBetterThanChance ? " and does as well one time in four: doubtful." : ".")
            }
        }
        return [
            scored,
            "Clarity \(score(quality.clarity)), polysemanticity \(score(quality.polysemanticity)), redundancy "
                + "\(score(quality.redundancy)), selectivity \(score(quality.selectivity)).",
        ].compactMap { $0 }
    }

    private static func origin(of finding: Finding) -> String {
        let provenance = finding.provenance
        return [
            finding.origin.map {
                "\($0.layer) of \($0.model) (\($0.pooling))" + ($0.reader.map { ", read by a \($0.rawValue)" } ?? "")
            },
            provenance?.searched.map { "units \($0)" }, provenance.map { "encoder \($0.encoder)" },
            provenance?.accuracy.map { "accuracy of the model \(percent($0))" },
            "kept " + Date(timeIntervalSince1970: finding.created).ISO8601Format(),
        ].compactMap { $0 }.joined(separator: "; ") + "."
    }

    private static func score(_ value: Float) -> String { number(value, 3) }
    private static func percent(_ share: Double) -> String { number(100 * share, 2) + " %" }
}

extension Finding {
    /// The command that gives its figures again; nil where its layer was not kept.
    func command(study: String) -> String? {
        guard let origin else { return nil }
        let line = FigureCommand(study: study, layer: origin)
        switch subject {
        case .unit(let description): return line.describe(description.unit)
        case .intervention(_, let target, let intervention, _): return line.intervene(Steering(intervention), target)
        case .steering(_, let target, let steering, _): return line.intervene(steering, target)
        }
    }
}
