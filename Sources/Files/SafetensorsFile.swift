import Foundation
import LinearAlgebra

/// Safetensors files of float32 tensors, as they are written here.
package enum SafetensorsFile {
    /// Writes a safetensors file of float32 tensors in this order. The file appears under its name when it is whole; on
    /// failure (a full disk, a read-only folder) nothing is left behind and what stood there stays.
    ///
    /// - Precondition: no name occurs twice.
    package static func write(
        _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to url: URL
    ) throws(FileError) {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "a tensor's name occurs twice")
        let header = SafetensorsHeader.encoded(tensors.map { ($0.name, $0.tensor.shape) }, metadata: metadata)
        let output = try OutputFile(url, suffix: ".writing")
        do throws(FileError) {
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
    package func write(_ bytes: [UInt8], at position: Int) throws(FileError) {
        try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
            try write(UnsafeRawBufferPointer(bytes), at: position)
        }
    }

    package func write(_ tensor: Tensor, at position: Int) throws(FileError) {
        try tensor.withUnsafe { values throws(FileError) in
            try write(UnsafeRawBufferPointer(values), at: position)
        }
    }
}
