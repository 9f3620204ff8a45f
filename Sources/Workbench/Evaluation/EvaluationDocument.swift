import Analysis
import Foundation

/// JSON of `evaluate` and `report`.
package struct EvaluationDocument: Encodable {
    struct Layer: Encodable {
        var model, layer, pooling: String
        var units: Int
        var pearson: Double
        var enhance, remove: Double
        var enhanceInterval, removeInterval: Double?
        /// The method whose units are scaled, and how many.
        var method: String
        var top: Int
    }

    struct ErrorRow: Encodable {
        var anchors, method: String
        /// Share of the misclassified images on which localization points at the class the model predicts.
        var predicted: Double
        var interval: [Double]
        var images: Int
        var seeds: [Double]
    }

    struct Group: Encodable {
        /// `neuron` or `feature`, and by what they are grouped: `super-category` or `class`.
        var units, by: String
        /// Mean silhouette, the same of shuffled labels, and the share of shuffles that reach it.
        var silhouette, shuffled, p: Double
        var groups, points: Int

        static func rows(_ found: SemanticGroups) -> [Group] {
            [("super-category", found.category), ("class", found.class)].compactMap { name, score in
                score.map {
                    Group(
                        units: found.kind.rawValue, by: name, silhouette: $0.score, shuffled: $0.shuffledMean,
                        p: $0.pValue, groups: $0.groups, points: $0.points)
                }
            }
        }
    }

    var study, model, layer: String
    var heldOutAccuracy: Double
    /// Who says which class an image is, where that is not the model.
    var reader: String?
    var descriptions: [DescriptionRow]
    var interventions: [InterventionRow]
    var tests: [TestRow]
    /// What the intervention tests come to.
    var summary: [String]
    var layers: [Layer]
    var errors: [ErrorRow]
    var groups: [Group]
    /// Of the intervention table: held-out images, classes, images of others where not all are counted, whose concepts
    /// Network Dissection reads, the features.
    var images, classes, otherImages: Int?
    var networkDissection: String?
    var features: Int?
    var isAutoencoderTrainedBySeed: Bool?
    var note: String?
    /// What was asked for, and digests of what the figures depend on.
    var request: EvaluationRequest
    var digests: [String: String]
    /// Every figure by name, as `miclip verify` compares them.
    var figures: [EvaluationFigure]
    /// The command that makes the same again.
    var command: String?

    package init(_ evaluation: Evaluation, note: String? = nil, command: String? = nil) {
        (study, model, layer) = (evaluation.facts.study, evaluation.facts.model, evaluation.facts.layer)
        heldOutAccuracy = evaluation.facts.accuracy
        reader = evaluation.facts.reader.title
        descriptions = DescriptionRow.rows(evaluation)
        let table = evaluation.interventions
        interventions = table?.cells.map(InterventionRow.init) ?? []
        tests = TestRow.rows(evaluation)
        summary = table?.summary ?? []
        let top = evaluation.layers?.units ?? 0
        layers = (evaluation.layers?.points ?? []).map {
            Layer(
                model: $0.layer.model, layer: $0.layer.layer, pooling: $0.layer.pooling, units: $0.units,
                pearson: $0.pearson.mean, enhance: $0.enhance.mean, remove: $0.remove.mean,
                enhanceInterval: $0.enhance.halfWidth, removeInterval: $0.remove.halfWidth,
                method: $0.method.rawValue, top: top)
        }
        errors = (evaluation.errors?.rows ?? []).map {
            ErrorRow(
                anchors: $0.anchors.rawValue, method: $0.method.rawValue, predicted: Sample($0.predicted).mean,
                interval: [$0.interval.lowerBound, $0.interval.upperBound], images: evaluation.errors?.images ?? 0,
                seeds: $0.predicted)
        }
        groups = evaluation.groups.flatMap(Group.rows)
        (images, classes, otherImages) = (table?.images, table?.classes, table?.otherImages)
        networkDissection = table?.dissected
        features = table?.features?.count
        isAutoencoderTrainedBySeed = table?.features?.isTrainedBySeed
        (self.note, self.command) = (note, command)
        (request, digests, figures) = (evaluation.request, evaluation.digests, evaluation.figures)
    }
}

/// JSON of one method's descriptions: of the final layer, where the truth is known, or of a layer by their scores.
struct DescriptionRow: Encodable {
    var method, layer, conceptSet: String
    var unitKind: String
    /// Concepts of the set.
    var concepts: Int
    /// Of the final layer: share of units described by their class's name, and mean cosine with it.
    var accuracy, clipScore: Double?
    /// Mean cosine with it by a sentence encoder, where one was named.
    var sentenceScore: Double?
    /// On held-out images, mean over units; intervals over units.
    var pearson, auprc, f1, iou: Double?
    /// These fail sanity checks.
    var auc, mad: Double?
    var pearsonInterval, auprcInterval: Double?
    /// Share of units whose description is no better than a concept drawn from the set.
    var noBetterThanChance: Double?
    /// Of the units how many are scored by labels; the others by the concept space, which is self-consistency.
    var byLabels: Int?
    var isControl: Bool
    /// Units, and seeds; 1 where none matters.
    var n, seeds: Int

    static func rows(_ evaluation: Evaluation) -> [DescriptionRow] {
        let final = (evaluation.descriptions?.rows ?? []).map { row in
            DescriptionRow(
                method: row.method.rawValue, layer: "logits", conceptSet: row.conceptSet, unitKind: "neuron",
                concepts: row.concepts, accuracy: Sample(row.accuracy).mean, clipScore: Sample(row.clipScore).mean,
                sentenceScore: row.sentenceScore?.mean,
                isControl: false, n: evaluation.descriptions?.units ?? 0, seeds: row.accuracy.count)
        }
        let scored = evaluation.explanations.flatMap { table in
            table.rows.map { row in
                DescriptionRow(
                    method: row.method.rawValue, layer: table.layer, conceptSet: table.conceptSet,
                    unitKind: table.kind.rawValue, concepts: table.concepts, pearson: row.pearson.mean,
                    auprc: row.auprc.mean, f1: row.f1, iou: row.iou, auc: row.auc, mad: row.mad,
                    pearsonInterval: row.pearson.halfWidth, auprcInterval: row.auprc.halfWidth,
                    noBetterThanChance: row.noBetterThanChance, byLabels: row.byLabels, isControl: row.isControl,
                    n: row.units, seeds: row.seeds)
            }
        }
        return final + scored
    }
}

/// JSON of one test, whatever it is over.
struct TestRow: Encodable {
    var comparison, pairs: String
    var n: Int
    var difference, interval, t, p, pHolm: Double

    init(_ comparison: String, _ pairs: String, _ test: PairedTest, _ corrected: Double) {
        (self.comparison, self.pairs, n) = (comparison, pairs, test.count)
        (difference, interval, t, p, pHolm) = (test.difference, test.halfWidth, test.t, test.p, corrected)
    }

    static func rows(_ evaluation: Evaluation) -> [TestRow] {
        let described = (evaluation.descriptions?.tests ?? []).map {
            TestRow(
                "CLIP score of \(UnitSetMethod.description) > \($0.other), final layer, \($0.conceptSet)", "units",
                $0.test, $0.correctedP)
        }
        let explained = evaluation.explanations.flatMap { table in
            table.tests.map {
                TestRow(
                    "Pearson of \($0.method) > \($0.other), \(table.kind.rawValue)s of \(table.layer)", "units",
                    $0.test, $0.correctedP)
            }
        }
        let steered = (evaluation.interventions?.tests ?? []).map {
            TestRow(
                "\($0.method) > \($0.other), \($0.units) \($0.kind.rawValue)s", $0.pairs.rawValue, $0.test,
                $0.correctedP)
        }
        return described + explained + steered
    }
}
