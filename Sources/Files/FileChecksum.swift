import CZlib
import Foundation
import LinearAlgebra

/// CRC-32 of a file's pieces, at most some thousands: what differs then is also where.
package struct FileChecksum: Sendable, Hashable {
    /// Bytes of the whole file.
    package let size: Int
    /// Of each piece, in order.
    package let pieces: [UInt32]

    /// Of a file's bytes, on all cores.
    package init(of url: URL) throws(FileError) {
        let file = try MappedFile(url)
        size = file.count
        pieces = file.withBytes { bytes in
            // Read only, and held until all pieces are done.
            nonisolated(unsafe) let bytes = bytes
            return parallelMap(Self.pieces(of: bytes.count)) {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[$0])
                // Memory holds no more of the file than is being read.
                defer { file.release(piece) }
                return Self.crc(of: piece)
            }
        }
    }

    /// Of the whole file.
    package var whole: UInt32 {
        zip(pieces, Self.pieces(of: size)).reduce(0) { Self.joined($0, $1.0, $1.1.count) }
    }

    /// From the first to the last piece that is another than in a file of the same size, in bytes; nil where there is none.
    package func difference(from other: [UInt32]) -> Range<Int>? {
        let places = pieces.indices.filter { $0 >= other.count || pieces[$0] != other[$0] }
        guard let first = places.first, let last = places.last else { return nil }
        let size = Self.pieceSize(self.size)
        return first * size..<min(self.size, (last + 1) * size)
    }

    private static func pieces(of size: Int) -> Blocks { blocks(of: size, size: pieceSize(size)) }

    /// A power of two, such that there are at most 4,096 pieces.
    private static func pieceSize(_ size: Int) -> Int {
        var piece = 1024
        while piece * 4096 < size { piece *= 2 }
        return piece
    }

    static func crc(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, extendedBy: bytes))
    }

    /// Of bytes with the first checksum, followed by `count` bytes with the second.
    static func joined(_ first: UInt32, _ second: UInt32, _ count: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32_combine(UInt(first), UInt(second), count))
    }
}
