import Cache
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// Tensors that were computed from the study's values and are kept in files of their own, checked as those are.
extension Study {
    static let summaries = "summaries"
    static let summaryPrefix = "summary-"

    /// The tensors kept under a key, mapped; nil where there are none, or where their bytes are not those that were written:
    /// they are computed again.
    func keptTensors(_ key: Digest) throws -> [String: Tensor]? {
        guard let file = try? store.verified(key) else { return nil }
        let checkpoint = try Checkpoint(file)
        return try checkpoint.tensorNames.reduce(into: [:]) { $0[$1] = try checkpoint.tensor($1) }
    }

    /// Keeps tensors under a key. What cannot be kept, on a full disk or in a study that is only read, is computed again.
    func keep(_ tensors: [String: Tensor], _ key: Digest) {
        guard !store.isReadOnly, let place = store.folder?.appending(path: Self.summaries) else { return }
        let name = "\(Self.summaryPrefix)\(key).safetensors"
        let file = place.appending(path: name)
        do {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try SafetensorsFile.write(
                tensors.sorted { $0.key < $1.key }.map { (name: $0.key, tensor: $0.value) },
                metadata: ["key": "\(key)"], to: file)
            try store.record(key, at: file)
        } catch {}
    }
}
