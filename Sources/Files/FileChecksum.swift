import CZlib
import Foundation
import LinearAlgebra

/// The CRC-32 of whole files.
package enum FileChecksum {
    /// Of a file's bytes, in pieces on all cores.
    package static func of(_ url: URL) throws(FileError) -> UInt32 {
        let file = try MappedFile(url)
        return file.withBytes { bytes in
            // Read only, and held until all pieces are done.
            nonisolated(unsafe) let bytes = bytes
            let pieces = parallelMap(blocks(of: bytes.count, size: 4 << 20)) { range in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[range])
                // Memory holds no more of the file than is being read.
                defer { file.release(piece) }
                return (checksum: of(piece), count: range.count)
            }
            return pieces.reduce(of(UnsafeRawBufferPointer(start: nil, count: 0))) { joined($0, $1.checksum, $1.count) }
        }
    }

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, extendedBy: bytes))
    }

    /// Of bytes with the first checksum, followed by `count` bytes with the second.
    static func joined(_ first: UInt32, _ second: UInt32, _ count: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
    }
}
