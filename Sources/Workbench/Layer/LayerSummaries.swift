import Analysis
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What is small beside the values it was computed from, and kept in a file of its own beside them, so that answers need
/// not read them again.
extension TargetLayer {
    /// Computes what answers need, so that the first one does not wait for it.
    func summarize() throws {
        _ = try probeActivations()
        _ = try accuracy()
    }

    /// The layer's activations on the probe images, with their statistics.
    func probeActivations() throws -> ProbeActivations {
        guard let extraction = try extraction(of: probe) else { throw notExtracted }
        let (classes, activations) = (classNames.count, try pooled(extraction, of: probe))
        let key = try Digest(
            "statistics 1", activationKey(of: probe), answersKey(of: probe), target.facts.digest)
        let kept = try study.keptTensors(key).flatMap {
            LayerStatistics(tensors: $0, images: activations.rows, units: activations.columns, classes: classes)
        }
        if let kept { return ProbeActivations(statistics: kept, activations: Once(value: activations)) }
        let statistics = LayerStatistics(
            activations: activations, predictions: try predictions(extraction), classes: classes,
            release: activations.release(rows:))
        study.keep(statistics.tensors, key)
        return ProbeActivations(statistics: statistics, activations: Once(value: activations))
    }

    /// The classes predicted for the held-out images, by the classifier over those that are counted.
    func heldOutPredictions(_ logits: () throws -> Tensor) throws -> [Int] {
        let heldOut = try heldOut
        let key = try Digest(
            "predictions 1", answersKey(of: heldOut), target.facts.digest,
            Digest(combining: words.map { $0.lines + $0.templates } ?? []))
        if let kept = try study.keptTensors(key)?["predictions"], kept.count == heldOut.count {
            let classes = kept.values.map { Int($0) }
            if classes.allSatisfy(countedNames.indices.contains) { return classes }
        }
        let logits = try logits()
        let predictions = logits.argmax()
        logits.release(rows: 0..<logits.rows)
        study.keep(["predictions": Tensor([predictions.count], predictions.map { Float($0) })], key)
        return predictions
    }
}
