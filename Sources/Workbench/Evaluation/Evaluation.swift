import Analysis
import Foundation
import WordNet

/// The parts of an evaluation, each a table of the paper's or a check of one.
package enum EvaluationPart: String, Sendable, Codable, CaseIterable {
    case descriptions, explanations, interventions, layers, errors, groups
}

/// What is to be evaluated, and how: enough to do it again.
package struct EvaluationRequest: Sendable, Codable, Hashable {
    package var parts = EvaluationPart.allCases
    package var kinds: [UnitKind] = [.neuron]
    package var seeds = 3
    package var sizes = [5, 10, 20]
    /// β to scale by; nil for 2 and 0 on neurons, 2 and 0.5 on features.
    package var scales: [Double]?
    /// What is added, in typical deviations of a unit.
    package var shifts: [Double] = [1, -1]
    package var hasAllSimilarities = false
    package var halfWidth: Double?
    /// A sentence encoder, for the sentence score.
    package var sentences: String?

    package init() {}

    var interventions: InterventionTableRequest {
        var request = InterventionTableRequest()
        (request.kinds, request.seeds, request.sizes) = (kinds, seeds, sizes)
        if let scales { (request.neuronBetas, request.featureBetas) = (scales, scales) }
        (request.shifts, request.hasAllSimilarities) = (shifts, hasAllSimilarities)
        request.halfWidth = halfWidth
        return request
    }
}

/// What an evaluation found. A part that was not asked for, or that the study has nothing for, is nil or empty.
package struct Evaluation: Sendable {
    package var request: EvaluationRequest
    package var facts: StudyFacts
    /// Digests of all that the figures depend on, by what they are of.
    package var digests: [String: String]
    package var descriptions: DescriptionAccuracy?
    package var explanations: [ExplanationTable] = []
    package var interventions: InterventionTable?
    package var layers: LayerCurve?
    package var errors: ErrorCases?
    package var groups: [SemanticGroups] = []
    /// Seconds that each part took.
    package var seconds: [EvaluationPart: Double] = [:]
}

extension StudiedLayer {
    /// Every part that is asked for, one after the other.
    ///
    /// - Parameters:
    ///   - imported: descriptions of neurons from elsewhere, as one more method.
    ///   - isResumed: whether rows that the study has of an earlier evaluation are taken; else all are made again.
    ///   - finished: takes the evaluation after every part, and within the intervention table after every method.
    package func evaluation(
        _ request: EvaluationRequest, imported: [Int: String]? = nil, isResumed: Bool = true, _ work: Work = Work(),
        finished: (Evaluation) -> Void = { _ in }
    ) throws -> Evaluation {
        try target.rememberingAxes {
            try evaluated(request, imported: imported, isResumed: isResumed, work, finished: finished)
        }
    }

    private func evaluated(
        _ request: EvaluationRequest, imported: [Int: String]?, isResumed: Bool, _ work: Work,
        finished: (Evaluation) -> Void
    ) throws -> Evaluation {
        var evaluation = Evaluation(request: request, facts: try facts, digests: try provenance)
        let rows = try FinishedRows(self, isReused: isResumed)
        for part in EvaluationPart.allCases where request.parts.contains(part) {
            let began = ContinuousClock.now
            try work.checkCancelled()
            switch part {
            case .descriptions:
                evaluation.descriptions = try descriptionAccuracy(
                    seeds: request.seeds, sentences: try request.sentences.map(SentenceScore.init), rows: rows, work)
            case .explanations:
                var tables: [ExplanationTable] = []
                for kind in request.kinds {
                    let table = try explanationTable(
                        kind, seeds: request.seeds, imported: kind == .neuron ? imported : nil, rows: rows, work
                    ) {
                        evaluation.explanations = tables + [$0]
                        finished(evaluation)
                    }
                    tables.append(table)
                }
                evaluation.explanations = tables
            case .interventions:
                evaluation.interventions = try interventionTable(request.interventions, rows: rows, work) {
                    evaluation.interventions = $0
                    finished(evaluation)
                }
            case .layers: evaluation.layers = try layerCurve(rows: rows, work)
            case .errors: evaluation.errors = try errorCases(seeds: request.seeds, rows: rows, work)
            case .groups:
                let categories = try WordNet.installed().map(SuperCategories.init)
                evaluation.groups = try request.kinds.map { try semanticGroups($0, categories: categories, work) }
            }
            evaluation.seconds[part] = (ContinuousClock.now - began) / .seconds(1)
            finished(evaluation)
        }
        return evaluation
    }

    /// Digests of the study's images, under the names that reports have them under.
    package var imageDigests: [String: String] {
        get throws {
            [
                "probe images": try target.probe.digest.description,
                "held-out images": try target.heldOut.digest.description,
            ]
        }
    }

    /// Digests of the images, the concept space, the model, the activations and the alignment.
    var provenance: [String: String] {
        get throws {
            var digests = [
                "concept space": try target.study.spaceFacts.digest.description,
                "target model": target.target.facts.digest.description,
                "activations": try target.activationKey(of: target.probe).description,
                "alignment": try target.alignmentKey(parameters).description,
            ].merging(try imageDigests) { _, images in images }
            if let autoencoder = try target.autoencoder() { digests["autoencoder"] = autoencoder.key.description }
            return digests
        }
    }
}
