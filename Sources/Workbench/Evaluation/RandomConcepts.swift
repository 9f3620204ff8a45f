import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra

/// The control of random concept vectors: the same procedure, with a random unit vector in place of each class's.
extension StudiedLayer {
    /// The rankings of units through an encoder that was aligned with random vectors; `counted` classes that the study
    /// does not have get vectors of their own.
    func randomConceptSets(_ kind: UnitKind, seed: UInt64, _ work: Work) throws -> [UnitSets] {
        let drawn = try randomised(seed: seed)
        let encoder = NeuronEncoder(
            layer: encoder.layer,
            weights: try target.controlledEncoder(
                .dense(neurons.probe.values), drawn, key: "neurons", parameters, seed: seed, self, work),
            isSigned: encoder.isSigned)
        let context = ConceptContext(
            concepts: Once(value: drawn), classes: drawn, imageEmbeddings: context.imageEmbeddings)
        let neurons = NeuronSpace(
            encoder: encoder, probe: neurons.probe, answers: target.probeAnswers(neurons.probe), context: context)
        var space: any UnitSpace = neurons
        if kind == .feature {
            guard let features = try studiedFeatures() else { throw target.noAutoencoder }
            space = FeatureSpace(
                features.space.autoencoder, neurons: neurons, codes: features.space.probe.codes,
                responding: try target.controlledEncoder(
                    .sparse(features.space.probe.codes), drawn, key: features.key.description, parameters, seed: seed,
                    self, work))
        }
        // Attribution reads no concept vectors.
        return space.unitSets.filter { $0.role == .ranking && $0.method != .attribution }.map { sets in
            sets.onConcepts(sets.method.ofRandomConcepts, .control) { counted in
                // The classes that are counted, by name; what has no vector yet is drawn after those that have.
                let extra = counted.names.filter { drawn.position(of: $0) == nil }
                let more = ConceptSet(
                    names: extra, embeddings: .randomUnitRows(extra.count, drawn.embeddings.columns, seed: seed &+ 1))
                return ConceptSet(
                    names: counted.names,
                    embeddings: Tensor(
                        [counted.names.count, drawn.embeddings.columns],
                        counted.names.flatMap { name in
                            drawn.position(of: name).map(drawn.embeddings.row)
                                ?? more.embeddings.row(more.position(of: name) ?? 0)
                        }))
            }
        }
    }

    private func randomised(seed: UInt64) throws -> ConceptSet {
        ConceptSet(
            names: classes.names,
            embeddings: .randomUnitRows(classes.names.count, classes.embeddings.columns, seed: seed ^ 0x5EED))
    }
}

extension Tensor {
    /// Rows drawn evenly from the unit sphere: [rows, columns]
    static func randomUnitRows(_ rows: Int, _ columns: Int, seed: UInt64) -> Tensor {
        var random = SeededGenerator(seed: seed)
        return Tensor([rows, columns], (0..<rows * columns).map { _ in random.nextNormal() }).normalized()
    }
}

extension TargetLayer {
    /// E_n aligned with other vectors for the classes or on other activations, from the study where it is there.
    func controlledEncoder(
        _ activations: ActivationRows, _ classes: ConceptSet, key units: String, _ parameters: AlignmentParameters,
        seed: UInt64, _ layer: StudiedLayer, _ work: Work
    ) throws -> Tensor {
        let key = Digest("controlled alignment 1", units, try alignmentKey(parameters), "\(seed)")
        if let run = try store.alignmentRun(key) { return Tensor([run.units, run.width], run.weights) }
        let data = AlignmentData(
            activations: activations, imageEmbeddings: try layer.probeEmbeddings,
            predictions: layer.neurons.probe.predictions, classEmbeddings: classes.embeddings)
        let weights: Tensor
        switch activations {
        case .dense:
            guard let extraction = try extraction(of: probe) else { throw notExtracted }
            weights = try found(parameters, data, extraction, units: units, work).weights
        case .sparse:
            // As the features of a study are aligned.
            weights = try AlignmentTraining(data, parameters: parameters)
                .run(layer: hookPoint.name, isSigned: false, observe: work.advance).encoder.weights
        }
        if !store.isReadOnly {
            try store.store(
                AlignmentRun(
                    key: key, units: weights.rows, width: weights.columns, weights: weights.values,
                    report: Data("{}".utf8)))
        }
        return weights
    }
}
