import Analysis
import Foundation

/// An evaluation as people read it, whatever format it is written in.
package struct Report {
    /// A unit with its description, scores and most activating images.
    package struct Unit {
        package var name, description, figures: String
        package var images: [ActivatingImage]

        package init(name: String, description: String, figures: String, images: [ActivatingImage]) {
            (self.name, self.description, self.figures, self.images) = (name, description, figures, images)
        }
    }

    package var title: String
    package var facts: [(name: String, value: String)]
    package var sections: [ReportSection]
    package var units: [Unit]
    /// Findings of the layer.
    package var findings: [FindingPage] = []
    package var command: String
    package var digests: [(name: String, value: String)]
    /// The same for machines, as JSON: in a page, so that it can be verified.
    package var document: String?

    package init(
        title: String, facts: [(name: String, value: String)], sections: [ReportSection], units: [Unit] = [],
        command: String, digests: [(name: String, value: String)]
    ) {
        (self.title, self.facts, self.sections, self.units) = (title, facts, sections, units)
        (self.command, self.digests) = (command, digests)
    }

    package init(_ evaluation: Evaluation, units: [Unit] = [], command: String) {
        self.init(
            title: "\(evaluation.facts.layer) of \(evaluation.facts.model)", facts: Self.facts(evaluation.facts),
            sections: Self.sections(evaluation), units: units, command: command,
            digests: evaluation.digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    /// What stands above every report.
    static func facts(_ facts: StudyFacts) -> [(name: String, value: String)] {
        [
            ("study", facts.study), ("target model", facts.model),
            ("target layer", "\(facts.layer) (\(facts.pooling))"),
            ("neurons", grouped(facts.units)),
            ("features", facts.features > 0 ? grouped(facts.features) : "none"),
            ("probe images", grouped(facts.probeImages)), ("held-out images", grouped(facts.heldOutImages)),
            ("concepts", grouped(facts.concepts)), ("classes", grouped(facts.classes.count)),
            (
                "held-out accuracy",
                number(100 * facts.accuracy, 2) + " %" + (facts.reader.title.map { " (\($0))" } ?? "")
            ),
        ]
    }

    private static func sections(_ evaluation: Evaluation) -> [ReportSection] {
        [evaluation.descriptions.map(descriptions)].compactMap { $0 } + evaluation.explanations.map(explanations)
            + (evaluation.interventions.map(interventions) ?? [])
            + [evaluation.layers.map(layers), evaluation.errors.map(errors)].compactMap { $0 }
            + (evaluation.groups.isEmpty ? [] : [groups(evaluation.groups)])
    }

    /// `+3.20 ± 0.11`
    package static func plain(_ value: Double, _ halfWidth: Double? = nil, digits: Int = 2, signed: Bool = false)
        -> String
    {
        number(value, digits, signed: signed) + (halfWidth.map { " ± \(number($0, digits))" } ?? "")
    }
}

extension Report {
    private static func descriptions(_ table: DescriptionAccuracy) -> ReportSection {
        let hasSentences = table.rows.contains { $0.sentenceScore != nil }
        return ReportSection(
            title: "Description accuracy of the final layer",
            sentences: [
                "\(grouped(table.units)) units, one a class. Accuracy: share described by their own class's name. CLIP score: mean "
                    + "cosine of description and class name in the concept space."
                    + (hasSentences ? " Sentence score: the same by a sentence encoder." : "")
            ]
                + table.tests.map {
                    "\($0.conceptSet): \(UnitSetMethod.description) against \($0.other), CLIP score "
                        + plain($0.test.difference, $0.test.halfWidth, digits: 3, signed: true)
                        + String(format: ", p = %.3g by Holm.", $0.correctedP)
                },
            columns: ["concept set", "concepts", "method", "accuracy", "CLIP score"]
                + (hasSentences ? ["sentence score"] : []) + ["seeds"],
            rows: table.rows.map {
                [
                    $0.conceptSet, "\($0.concepts)", "\($0.method)",
                    plain(Sample($0.accuracy).mean, Sample($0.accuracy).halfWidth),
                    plain(Sample($0.clipScore).mean, Sample($0.byUnit).halfWidth, digits: 3),
                ] + (hasSentences ? [$0.sentenceScore.map { plain($0.mean, $0.halfWidth, digits: 3) } ?? ""] : [])
                    + ["\($0.accuracy.count)"]
            })
    }

    private static func explanations(_ table: ExplanationTable) -> ReportSection {
        ReportSection(
            title: "Explanations of the \(table.kind.rawValue)s of \(table.layer)",
            sentences: [
                "Scored on \(grouped(table.images)) held-out images: by their labels where a description is a class, else by the "
                    + "concept space (self-consistency: the space that made the description). Means over units ± 95 %. AUC and "
                    + "MAD fail sanity checks (Neuron Eval) and are there for comparison with papers. Descriptions come from "
                    + "\(table.conceptSet), \(grouped(table.concepts)) concepts."
            ] + parts(table) + explanationSentences(table),
            columns: [
                "method", "Pearson", "AUPRC", "F1", "IoU", "(AUC)", "(MAD)", "no better than chance", "by labels",
                "units",
                "seeds",
            ],
            rows: table.rows.map {
                [
                    "\($0.method)" + ($0.isControl ? " (control)" : ""),
                    plain($0.pearson.mean, $0.pearson.halfWidth, digits: 3),
                    plain($0.auprc.mean, $0.auprc.halfWidth, digits: 3),
                    plain($0.f1, digits: 3), plain($0.iou, digits: 3), plain($0.auc, digits: 3), plain($0.mad),
                    number(100 * $0.noBetterThanChance, 0) + " %", "\($0.byLabels)", "\($0.units)",
                    "\($0.seeds)",
                ]
            },
            plot: ReportPlot(
                title: "Mean Pearson of descriptions with activations",
                bars: table.rows.map {
                    .init(
                        name: "\($0.method)", values: [.init($0.pearson.mean, $0.pearson.halfWidth)],
                        isControl: $0.isControl)
                }))
    }

    /// What was not scored.
    private static func parts(_ table: ExplanationTable) -> [String] {
        [
            table.unitsScored < table.unitsInAll
                ? "Of \(table.unitsInAll) \(table.kind.rawValue)s with their poles \(table.unitsScored) are scored, drawn once."
                : nil,
            table.leftOut.isEmpty
                ? nil
                : "Left out, as it would take hours: \(table.leftOut.map(\.rawValue).joined(separator: ", ")).",
        ].compactMap { $0 }
    }

    private static func explanationSentences(_ table: ExplanationTable) -> [String] {
        guard let own = table.tests.first?.method else { return [] }
        let ahead = table.tests.filter { $0.correctedP < 0.05 }.map { "\($0.other)" }
        let behind = table.tests.filter { $0.correctedP >= 0.05 }.map { "\($0.other)" }
        return [
            ahead.isEmpty
                ? "\(own) is ahead of no other method." : "\(own) is ahead of \(ahead.joined(separator: ", ")).",
            behind.isEmpty || ahead.isEmpty ? nil : "It is not ahead of \(behind.joined(separator: ", ")).",
        ].compactMap { $0 } + ["One-tailed paired t over units by Pearson, p < 0.05 by Holm."]
    }

    private static func interventions(_ table: InterventionTable) -> [ReportSection] {
        table.cells.map(\.kind).distinct.flatMap { kind -> [ReportSection] in
            let cells = table.cells.filter { $0.kind == kind }
            return cells.map(\.operator).distinct.map { op in
                let own = cells.filter { $0.operator == op }
                let others = table.otherImages.map { " Off target on \($0) of the images, drawn once." } ?? ""
                let isFirst = op == .scaling
                return ReportSection(
                    title: "Interventions on \(kind.rawValue)s by \(op == .scaling ? "scaling" : "adding")",
                    sentences: [
                        "Change of accuracy in points on \(grouped(table.images)) held-out images, mean over \(grouped(table.classes)) classes. "
                            + "± over seeds where one matters, else over classes in brackets.\(others)"
                    ] + (isFirst ? table.summary.filter { $0.hasPrefix("\(kind.rawValue)s") } : []),
                    columns: ["units by", "role", "τ", "β", "on the class", "off target", "seeds"],
                    rows: own.map { cell in
                        let overClasses = cell.halfWidthOverClasses.map { " [± \(number($0, 1))]" } ?? ""
                        return [
                            "\(cell.method)", cell.role.rawValue, "\(cell.units)", strength(cell.beta),
                            plain(cell.classMean, cell.classHalfWidth, signed: true)
                                + (cell.classHalfWidth == nil ? overClasses : ""),
                            plain(cell.otherMean, cell.otherHalfWidth, signed: true), "\(cell.byClass.count)",
                        ]
                    }, plot: plot(own, kind, op))
            }
        }
    }

    /// Enhancement and removal of each method at the greatest τ.
    private static func plot(_ cells: [InterventionCell], _ kind: UnitKind, _ op: Operator) -> ReportPlot? {
        guard let units = cells.map(\.units).max() else { return nil }
        let shown = cells.filter { $0.units == units }
        return ReportPlot(
            title: "Change on the class in points, \(units) \(kind.rawValue)s, enhanced and removed",
            bars: shown.map(\.method).distinct.map { method in
                let own = shown.filter { $0.method == method }
                return .init(
                    name: "\(method)",
                    values: own.map { .init($0.classMean, $0.classHalfWidth ?? $0.halfWidthOverClasses) },
                    isControl: own.first?.role == .control)
            })
    }

    private static func layers(_ curve: LayerCurve) -> ReportSection {
        ReportSection(
            title: "Layer by layer",
            sentences: [
                "Mean Pearson of the neurons' descriptions on held-out images, and change of accuracy on the class in points by "
                    + "scaling the \(curve.units) best neurons by 2 and by 0; ± over units and over classes."
            ],
            columns: ["layer", "neurons", "Pearson", "units by", "× 2", "× 0"],
            rows: curve.points.map {
                [
                    $0.layer.layer, "\($0.units)", plain($0.pearson.mean, $0.pearson.halfWidth, digits: 3),
                    "\($0.method)",
                    plain($0.enhance.mean, $0.enhance.halfWidth, signed: true),
                    plain($0.remove.mean, $0.remove.halfWidth, signed: true),
                ]
            },
            plot: ReportPlot(
                title: "Mean Pearson by layer",
                bars: curve.points.map {
                    .init(
                        name: $0.layer.layer, values: [.init($0.pearson.mean, $0.pearson.halfWidth)], isControl: false)
                }))
    }

    private static func errors(_ cases: ErrorCases) -> ReportSection {
        ReportSection(
            title: "Where the model is wrong",
            sentences: [
                "Of \(grouped(cases.images)) misclassified held-out images, the share on which the \(cases.units) neurons of the class "
                    + "that the model predicts are more active than those of the true class (standardised, along their poles), by "
                    + "what the encoder was aligned with. Above one half, localization follows the model's answer."
            ],
            columns: ["aligned with", "units by", "points at the prediction", "95 %", "seeds"],
            rows: cases.rows.map {
                [
                    $0.anchors == .both ? "both" : "the \($0.anchors.rawValue) alone", "\($0.method)",
                    number(100 * Sample($0.predicted).mean, 1) + " %",
                    "\(number(100 * $0.interval.lowerBound, 1)) to \(number(100 * $0.interval.upperBound, 1)) %",
                    "\($0.predicted.count)",
                ]
            })
    }

    private static func groups(_ groups: [SemanticGroups]) -> ReportSection {
        let rows = groups.flatMap { group in
            [("super-category of its description", group.category), ("class it is most active on", group.class)]
                .compactMap { name, score in
                    score.map {
                        [
                            group.kind.rawValue, name, plain($0.score, digits: 3), plain($0.shuffledMean, digits: 3),
                            String(format: "%.3g", $0.pValue), "\($0.groups)", "\($0.points)",
                        ]
                    }
                }
        }
        return ReportSection(
            title: "Groups in the concept space",
            sentences: [
                "Silhouette of the units' embeddings by cosine distance, beside shuffled labels. Super-categories are WordNet's and "
                    + "read off in the same space: a high figure says that the space groups what WordNet groups, not that the "
                    + "descriptions are right."
                    + (groups.allSatisfy { $0.category == nil } ? " WordNet is not installed here." : "")
            ],
            columns: ["units", "grouped by", "silhouette", "shuffled", "p", "groups", "points"], rows: rows)
    }
}

extension Sequence where Element: Hashable {
    /// Each once, in order.
    var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
