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
        /// Logits [N, classes]; of a CLIP, image embeddings of any length [N, d].
        var outputs: Tensor
    }

    /// The extraction of `images`, mapped from the study's files; nil while it is not whole.
    func extraction(of images: ImageSet) throws -> Extraction? {
        guard let activations = try store.values(of: activationFile(of: images)),
            let outputs = try store.values(of: outputFile(of: images))
        else { return nil }
        return Extraction(activations: activations, outputs: outputs)
    }

    /// Whether everything that needs images is there.
    var isExtracted: Bool {
        get throws {
            guard let probe = try? probe, let heldOut = try? heldOut, try heldOut.isRecorded(in: store) else {
                return false
            }
            for images in [probe, heldOut] {
                for file in [activationFile(of: images), outputFile(of: images)] {
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

    /// Logits, or of a CLIP what they are made from whatever its classes.
    func outputFile(of images: ImageSet) -> ValueFile {
        let key = Digest(target.facts.outputDigest, images.digest)
        let width = target.facts.outputPoint?.width ?? target.facts.classes.count
        return ValueFile(key: key, shape: [images.count, width], metadata: ["key": "\(key)"])
    }

    // MARK: Answers

    /// The logits that a model gives, the study's or the same over other classes: [N, classes]
    func logits(_ extraction: Extraction, of model: any TargetModel) -> Tensor {
        guard let point = target.facts.outputPoint else { return extraction.outputs }
        let values = inBlocks(extraction.outputs) { model.logits(resumingFrom: point, $0).values }
        return Tensor([extraction.outputs.rows, model.classes.count], values)
    }

    /// The logits that the study's model gives: [N, classes]
    func logits(_ extraction: Extraction) throws -> Tensor {
        target.facts.outputPoint == nil ? extraction.outputs : logits(extraction, of: try model)
    }

    /// The classes that the study's model predicts.
    func predictions(_ extraction: Extraction) throws -> [Int] {
        guard let point = target.facts.outputPoint else { return inBlocks(extraction.outputs) { $0.argmax() } }
        let model = try model
        return inBlocks(extraction.outputs) { model.logits(resumingFrom: point, $0).argmax() }
    }

    private func inBlocks<Value: Sendable>(_ outputs: Tensor, _ body: @Sendable (Tensor) -> [Value]) -> [Value] {
        let parts = parallelMap(blocks(of: outputs.rows, size: 1024)) { range in
            defer { outputs.release(rows: range) }
            return body(outputs.rows(range))
        }
        return Array(parts.joined())
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
