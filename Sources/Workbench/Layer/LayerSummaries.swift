import Analysis
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What is small beside the values it was computed from, and kept in a file of its own beside them, so that answers need
/// not read them again.
extension Workbench {
    /// The layer's activations on the probe images, with their statistics.
    func probeActivations() throws -> ProbeActivations {
        guard let extraction = try extraction(of: probe) else { throw notExtracted }
        let (classes, activations) = (model.classes.count, extraction.activations)
        let key = Digest("statistics 1", activationKey(of: probe), outputFile(of: probe).key, model.digest)
        let kept = try keptTensors(key).flatMap {
            LayerStatistics(tensors: $0, images: activations.rows, units: activations.columns, classes: classes)
        }
        if let kept { return ProbeActivations(statistics: kept, activations: Once(value: activations)) }
        let statistics = LayerStatistics(
            activations: activations, predictions: predictions(extraction), classes: classes,
            release: activations.release(rows:))
        keep(statistics.tensors, key)
        return ProbeActivations(statistics: statistics, activations: Once(value: activations))
    }

    /// The classes predicted for the held-out images, by the classifier over those that are counted.
    func heldOutPredictions(_ logits: () throws -> Tensor) throws -> [Int] {
        let key = Digest("predictions 1", outputFile(of: heldOut).key, classifier.digest)
        if let kept = try keptTensors(key)?["predictions"], kept.count == heldOut.count {
            let classes = kept.values.map { Int($0) }
            if classes.allSatisfy({ (0..<classifier.classes.count).contains($0) }) { return classes }
        }
        let logits = try logits()
        let predictions = logits.argmax()
        logits.release(rows: 0..<logits.rows)
        keep(["predictions": Tensor([predictions.count], predictions.map { Float($0) })], key)
        return predictions
    }

    /// The tensors kept under a key, mapped; nil where there are none.
    private func keptTensors(_ key: Digest) throws -> [String: Tensor]? {
        guard let file = summaryFile(key), FileManager.default.fileExists(atPath: file.path) else { return nil }
        let checkpoint = try Checkpoint(file)
        return try checkpoint.tensorNames.reduce(into: [:]) { $0[$1] = try checkpoint.tensor($1) }
    }

    /// Keeps tensors under a key. What cannot be kept, on a full disk or in a study that is only read, is computed again.
    private func keep(_ tensors: [String: Tensor], _ key: Digest) {
        guard !store.isReadOnly, let file = summaryFile(key) else { return }
        try? Checkpoint.write(
            tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) },
            metadata: ["key": "\(key)"], to: file)
    }

    private func summaryFile(_ key: Digest) -> URL? {
        store.activationsFolder?.appending(path: "summary-\(key).safetensors")
    }
}
