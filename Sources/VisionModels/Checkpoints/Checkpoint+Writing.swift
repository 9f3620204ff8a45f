import Foundation
import LinearAlgebra

extension Checkpoint {
    /// Writes a safetensors file of float32 tensors in this order. The file appears under its name when it is whole; on
    /// failure (a full disk, a read-only folder) nothing is left behind and what stood there stays.
    ///
    /// - Precondition: no name occurs twice.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to url: URL
    ) throws(VisionModelsError) {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "a tensor's name occurs twice")
        let header = SafetensorsHeader.encoded(tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata)
        let output = try OutputFile(url, suffix: ".writing")
        do throws(VisionModelsError) {
            try output.reserve(header.fileSize)
            try output.write(header.bytes, at: 0)
            var position = header.bytes.count
            for (_, tensor) in tensors {
                try output.write(tensor, at: position)
                position += tensor.count * MemoryLayout<Float>.size
            }
            try output.publish()
        } catch {
            output.discard()
            throw error
        }
    }
}

extension OutputFile {
    func write(_ bytes: [UInt8], at position: Int) throws(VisionModelsError) {
        try bytes.withUnsafeBufferPointer { bytes throws(VisionModelsError) in
            try write(UnsafeRawBufferPointer(bytes), at: position)
        }
    }

    func write(_ tensor: Tensor, at position: Int) throws(VisionModelsError) {
        try tensor.withUnsafe { values throws(VisionModelsError) in
            try write(UnsafeRawBufferPointer(values), at: position)
        }
    }
}
