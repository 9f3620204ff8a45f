import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra

/// An autoencoder of the study.
struct StudiedAutoencoder: Sendable {
    /// Of all that its weights depend on.
    let key: Digest
    let autoencoder: SparseAutoencoder
}

/// The features of an autoencoder in memory, aligned.
struct StudiedFeatures: Sendable {
    let own: StudiedAutoencoder
    let space: FeatureSpace

    /// Of the autoencoder.
    var key: Digest { own.key }

    /// Encodes the probe images, and aligns the features where the study does not hold that yet.
    init(
        _ own: StudiedAutoencoder, of target: TargetLayer, neurons: NeuronSpace,
        aligned parameters: AlignmentParameters, _ work: Work = Work()
    ) throws {
        let isOfTokens = own.autoencoder.pooling != nil
        let codes =
            isOfTokens
            ? try target.tokenCodes(own, of: target.probe, work) : own.autoencoder.encode(try neurons.probe.values)
        self.own = own
        // The way back through the model ends at the pooled vector, which no feature of tokens is read from.
        let unknown = target.noAttribution
        let answers = ProbeAnswers(
            logits: neurons.answers.logits, gradients: { _ in throw unknown }, attribution: Once { throw unknown },
            isDifferentiable: false)
        space = FeatureSpace(
            own.autoencoder, neurons: neurons, codes: codes,
            responding: try target.featureEncoder(own.key, codes: codes, neurons, parameters, work),
            answers: isOfTokens ? answers : nil)
    }
}

extension TargetLayer {
    /// E_n trained on the features' activations on the probe images, from the cache where it is there.
    fileprivate func featureEncoder(
        _ autoencoder: Digest, codes: SparseRows, _ neurons: NeuronSpace, _ parameters: AlignmentParameters,
        _ work: Work
    ) throws -> Tensor {
        let key = Digest("feature alignment", autoencoder.description, try alignmentKey(parameters))
        if let run = try store.alignmentRun(key) { return Tensor([run.units, run.width], run.weights) }
        let training = AlignmentTraining(
            AlignmentData(
                activations: .sparse(codes), imageEmbeddings: try probeEmbeddings(),
                predictions: neurons.probe.predictions, classEmbeddings: try embedConcepts(classNames)),
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
                    key: key, units: weights.rows, width: weights.columns, weights: weights.values,
                    report: JSONEncoder().encode(alignment.epochs)))
        }
        return weights
    }
}
