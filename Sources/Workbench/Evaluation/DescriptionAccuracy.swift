import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra

/// The paper's table of description accuracy: units of the final layer, whose meaning is known, described from a concept
/// set.
package struct DescriptionAccuracy: Sendable {
    package struct Row: Sendable {
        package var method: UnitSetMethod
        package var conceptSet: String
        package var concepts: Int
        /// Share of units described by their own class's name, one value a seed.
        package var accuracy: [Double]
        /// CLIP score: mean cosine of the embeddings of description and class name, one value a seed.
        package var clipScore: [Double]
        /// The CLIP score of every unit, the mean over seeds.
        package var byUnit: [Double]
        /// The same cosine by a sentence encoder; nil without one.
        package var sentenceScore: Sample?
    }

    package var rows: [Row]
    /// Units: one a class.
    package var units: Int
    /// The first method's CLIP score against the others', over units, for each concept set.
    package var tests: [(conceptSet: String, other: UnitSetMethod, test: PairedTest, correctedP: Double)]
}

extension StudiedLayer {
    /// Descriptions of the classifier's own outputs, from the classes alone and from every concept set of the study. Nil
    /// for a model whose outputs are no classes of its own (a CLIP).
    ///
    /// - Parameters:
    ///   - sentences: scores descriptions by what sentences they make; nil for no such score.
    ///   - kept: where finished rows are kept; nil for nowhere.
    ///
    /// The encoder of the outputs is aligned as the layer's is; no forward pass is needed, for the outputs are kept.
    package func descriptionAccuracy(
        seeds: Int = 3, sentences: SentenceScore? = nil, rows kept: FinishedRows? = nil, _ work: Work = Work()
    ) throws -> DescriptionAccuracy? {
        guard target.target.facts.outputPoint == nil, let extraction = try target.extraction(of: target.probe),
            let given = extraction.outputs, target.reader == .model
        else {
            return nil
        }
        let outputs = ProbeActivations(
            values: given, predictions: neurons.probe.predictions, classes: classes.names.count)
        func encoders(_ parameters: AlignmentParameters) throws -> [NeuronEncoder] {
            try (0..<UInt64(seeds)).map { seed in
                var seeded = parameters
                seeded.seed += seed
                return try target.outputEncoder(given, seeded, self, work)
            }
        }
        let methods: [(UnitSetMethod, String, [NeuronEncoder])] =
            [(.description, "own", try encoders(parameters))]
            + (try trainedParameters.map { [(.trainedDescription, "trained", try encoders($0))] } ?? [])
        let sets =
            try [(name: "classes", concepts: classes)]
            + target.study.conceptSets().map {
                ($0.name, ConceptSet(names: $0.concepts, embeddings: try target.embedConcepts($0.concepts)))
            }
        var rows: [DescriptionAccuracy.Row] = []
        let meter = RateMeter(.evaluation, from: 0, to: sets.count)
        for (name, concepts) in sets {
            try work.checkCancelled()
            let context = ConceptContext(
                concepts: Once(value: concepts), classes: classes, imageEmbeddings: context.imageEmbeddings)
            let answers = ProbeAnswers(outputs, head: .identity(classes.names.count))
            let units = classes.names.indices.map { InternalUnit(layer: "logits", index: $0, pole: .positive) }
            let key = ["descriptions", "\(seeds)", Digest(combining: concepts.names).description]
            for (method, part, encoders) in methods {
                let described = try kept.row(key + [part]) {
                    try encoders.map { encoder in
                        let space = NeuronSpace(encoder: encoder, probe: outputs, answers: answers, context: context)
                        return try units.map { try space.describe($0, count: 1).concepts.first?.concept }
                    }
                }
                let distinct = Set(described).count == 1 ? Array(described.prefix(1)) : described
                rows.append(row(method, name, concepts, distinct, sentences))
            }
            let dissected = try kept.row(key + ["clip-dissect"]) {
                try UnitSetBaselines(outputs, context, isSigned: true) { InternalUnit(layer: "logits", index: $0) }
                    .descriptions(of: units, by: .clipDissect, among: concepts).concepts
            }
            rows.append(row(.clipDissect, name, concepts, [dissected], sentences))
            try work.advance(meter.progress(rows.count / (methods.count + 1)))
        }
        return DescriptionAccuracy(rows: rows, units: classes.names.count, tests: DescriptionAccuracy.tests(rows))
    }

    private func row(
        _ method: UnitSetMethod, _ name: String, _ concepts: ConceptSet, _ described: [[String?]],
        _ sentences: SentenceScore?
    ) -> DescriptionAccuracy.Row {
        let scores = described.map { seed in
            seed.enumerated().map { unit, concept -> Double in
                guard let place = concept.flatMap(concepts.names.firstIndex) else { return 0 }
                return zip(concepts.embeddings.row(place), classes.embeddings.row(unit))
                    .reduce(0.0) { $0 + Double($1.0 * $1.1) }
            }
        }
        var row = DescriptionAccuracy.Row(
            method: method, conceptSet: name, concepts: concepts.names.count,
            accuracy: described.map { seed in
                let hits = zip(seed, classes.names).count { $0?.lowercased() == $1.lowercased() }
                return Double(hits) / Double(max(1, classes.names.count))
            },
            clipScore: scores.map { Sample($0).mean },
            byUnit: classes.names.indices.map { unit in Sample(scores.map { $0[unit] }).mean })
        row.sentenceScore = sentences.map { sentences in
            let bySeed = described.map { sentences.scores(of: $0, against: classes.names) }
            return Sample(classes.names.indices.map { unit in Sample(bySeed.map { $0[unit] }).mean })
        }
        return row
    }
}

extension DescriptionAccuracy {
    fileprivate static func tests(
        _ rows: [Row]
    ) -> [(conceptSet: String, other: UnitSetMethod, test: PairedTest, correctedP: Double)] {
        let found = rows.grouped(by: \.conceptSet).flatMap { name, rows in
            rows.dropFirst().compactMap { other in
                PairedTest(rows[0].byUnit, isGreaterThan: other.byUnit).map { (name, other.method, $0) }
            }
        }
        return zip(found, holm(found.map(\.2.p))).map { ($0.0, $0.1, $0.2, $1) }
    }
}

extension LinearRemainder {
    /// What follows the outputs themselves.
    fileprivate static func identity(_ classes: Int) -> LinearRemainder {
        var weights = Tensor([classes, classes])
        for c in 0..<classes { weights[c, c] = 1 }
        return LinearRemainder(weights: weights, bias: [Float](repeating: 0, count: classes))
    }
}

extension TargetLayer {
    /// E_n of the model's outputs, from the study where it is there.
    fileprivate func outputEncoder(
        _ outputs: Tensor, _ parameters: AlignmentParameters, _ layer: StudiedLayer, _ work: Work
    ) throws -> NeuronEncoder {
        let weights = try controlledEncoder(
            .dense(outputs), layer.classes, key: "outputs", parameters, seed: 0, layer, work)
        return NeuronEncoder(layer: "logits", weights: weights, isSigned: true)
    }
}
