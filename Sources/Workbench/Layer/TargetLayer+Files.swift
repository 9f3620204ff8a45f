import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

extension TargetLayer {
    /// What the target model gives for some images, kept in two files of the study.
    struct Extraction {
        /// [N, units], or [N, tokens, units] where the rest of the network must be run again.
        var activations: Tensor
        /// Logits [N, classes]; of a CLIP, image embeddings of any length [N, d]; nil of a model without a classifier.
        var outputs: Tensor?
    }

    /// The extraction of `images`, mapped from the study's files; nil while it is not whole.
    func extraction(of images: ImageSet) throws -> Extraction? {
        guard let activations = try store.values(of: activationFile(of: images)) else { return nil }
        guard let file = outputFile(of: images) else { return Extraction(activations: activations, outputs: nil) }
        guard let outputs = try store.values(of: file) else { return nil }
        return Extraction(activations: activations, outputs: outputs)
    }

    /// Whether everything that needs images is there.
    var isExtracted: Bool {
        get throws {
            guard let probe = try? probe, let heldOut = try? heldOut, try heldOut.isRecorded(in: store) else {
                return false
            }
            for images in [probe, heldOut] {
                for file in activationFiles(of: images) + [outputFile(of: images)].compactMap({ $0 }) {
                    guard try store.isFinished(file.key) else { return false }
                }
            }
            return try store.isFinished(study.embeddingFile(of: probe).key)
        }
    }

    // MARK: Files

    func keepsTokens(of images: ImageSet) -> Bool { place.keepsTokens(heldOut: images.isHeldOut) }

    func activationKey(of images: ImageSet) -> Digest {
        let pooled = keepsTokens(of: images) ? "none" : pooling.rawValue
        return Digest("activations", place.digest, images.digest, hookPoint.name, pooled)
    }

    func activationFile(of images: ImageSet) -> ValueFile {
        let key = activationKey(of: images)
        let hasTokens = keepsTokens(of: images) && hookPoint.tokens > 1
        let item = hasTokens ? [hookPoint.tokens, hookPoint.width] : [hookPoint.width]
        return ValueFile(
            key: key, shape: [images.count] + item, metadata: ["key": "\(key)", "layer": hookPoint.name])
    }

    /// The same, and every token beside it where these are kept too.
    func activationFiles(of images: ImageSet) -> [ValueFile] {
        guard place.keptTokens != nil, !keepsTokens(of: images) else { return [activationFile(of: images)] }
        return [activationFile(of: images), tokenFile(of: images)]
    }

    /// Logits, or of a CLIP what they are made from whatever its classes; nil of a model without a classifier.
    func outputFile(of images: ImageSet) -> ValueFile? {
        guard target.facts.hasClassifier else { return nil }
        let key = Digest(target.facts.outputDigest, images.digest)
        let width = target.facts.outputPoint?.width ?? target.facts.classes.count
        return ValueFile(key: key, shape: [images.count, width], metadata: ["key": "\(key)"])
    }

    /// E_i of the probe images: unit rows [N, d], mapped from the study's file of them.
    func probeEmbeddings() throws -> Tensor {
        guard let mapped = try store.values(of: study.embeddingFile(of: probe)) else {
            throw WorkbenchError.notExtracted(study: folder.path)
        }
        return mapped
    }

    func embedConcepts(_ names: [String]) throws -> Tensor { try study.embedConcepts(names) }
}

extension ImageSet {
    /// Whether all of it was looked at.
    func isRecorded(in store: StudyStore) throws -> Bool { try store.imageSet(digest)?.isComplete == true }
}
