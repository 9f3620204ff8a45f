import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra

/// The features of a study's autoencoder in memory: what answers questions about them.
public struct FeatureStudy: Sendable {
    /// Of the autoencoder.
    let key: Digest
    public let autoencoder: SparseAutoencoder
    /// Their activations on the probe images.
    public let probe: FeatureActivations
    public let retrieval: FeatureRetrieval
    /// Nil where the rest of the network is not linear in the units.
    public internal(set) var lines: FeatureLines?
}

extension Workbench {
    /// Loads the features of the study's autoencoder into `study`, aligning them first where that was not done; nothing
    /// where it has none.
    public func addFeatures(to study: inout StudyAnalysis, _ work: Work = Work()) throws {
        guard let own = try autoencoder() else { return }
        try addFeatures(own, aligned: alignmentParameters(), to: &study, work)
    }

    /// Loads an autoencoder's features into `study`, whose neuron encoder has the parameters `aligned`.
    func addFeatures(
        _ own: (key: Digest, autoencoder: SparseAutoencoder), aligned parameters: AlignmentParameters,
        to study: inout StudyAnalysis, _ work: Work = Work()
    ) throws {
        let (key, autoencoder) = own
        study.facts.features = autoencoder.count
        let codes = autoencoder.encode(study.probe.values)
        let probe = FeatureActivations(
            codes: codes, predictions: study.probe.predictions, classes: study.classes.names.count)
        let responding = try featureEncoder(key, codes: codes, study, parameters, work)
        study.features = FeatureStudy(
            key: key, autoencoder: autoencoder, probe: probe,
            retrieval: FeatureRetrieval(
                layer: hookPoint.name, responding: responding,
                doing: multiply(autoencoder.decoder, .plain, study.encoder.weights),
                concepts: study.describer.concepts, classes: study.classes, probe: probe,
                imageEmbeddings: study.probeEmbeddings),
            lines: study.featureLines(autoencoder))
    }

    /// E_n trained on the features' activations on the probe images, from the cache where it is there.
    private func featureEncoder(
        _ autoencoder: Digest, codes: SparseRows, _ study: StudyAnalysis, _ parameters: AlignmentParameters,
        _ work: Work
    ) throws -> Tensor {
        let key = Digest("feature alignment", autoencoder.description, try alignmentKey(parameters))
        if let run = try store.alignmentRun(key) { return Tensor([run.units, run.width], run.weights) }
        let training = AlignmentTraining(
            AlignmentData(
                activations: .sparse(codes), imageEmbeddings: study.probeEmbeddings,
                predictions: study.probe.predictions, classEmbeddings: study.classes.embeddings),
            parameters: parameters)
        let alignment = try training.run(layer: hookPoint.name, isSigned: false) { progress in
            var progress = progress
            progress.phase = .features
            try work.advance(progress)
        }
        let weights = alignment.encoder.weights
        if !store.isReadOnly {
            try store.store(
                AlignmentRun(
                    key: key, parameters: JSONEncoder().encode(parameters), units: weights.rows,
                    width: weights.columns, weights: weights.values,
                    report: JSONEncoder().encode(alignment.epochs), created: Date().timeIntervalSince1970))
        }
        return weights
    }
}

extension StudyAnalysis {
    /// Nil where the rest of the network is not linear in the units.
    func featureLines(_ autoencoder: SparseAutoencoder) -> FeatureLines? {
        remainder.map { remainder in
            FeatureLines(
                autoencoder, activations: heldOutActivations, logits: heldOutLogits, remainder: remainder,
                labels: heldOutLabels)
        }
    }

    /// What a feature has beyond other units.
    ///
    /// - Throws: `noAutoencoder` where no features are loaded.
    public func featureFacts(_ index: Int, concepts: Int = 5, neighbours: Int = 5) throws(WorkbenchError)
        -> FeatureFacts
    {
        let features = try loadedFeatures()
        let correlations = features.probe.correlations(index, with: probe)
        let strongest = TopK.indices(of: correlations.map { abs($0) }, count: neighbours)
        return FeatureFacts(
            density: features.probe.density(index), does: features.retrieval.effect(index, count: concepts),
            nearest: features.retrieval.nearest(to: index, count: neighbours),
            neurons: strongest.map { neuron in
                // Of a signed neuron the pole that goes with the feature, so that its correlation is positive.
                let pole: Pole? = encoder.isSigned ? (correlations[neuron] < 0 ? .negative : .positive) : nil
                return RankedUnit(
                    unit: InternalUnit(layer: encoder.layer, index: neuron, pole: pole),
                    score: correlations[neuron] * (pole?.sign ?? 1))
            })
    }
}
