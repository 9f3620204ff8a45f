import CZlib

/// A gzip stream (RFC 1952), of one member or of several that follow one another, taken apart as many bytes at a time as
/// are asked for. Checksums are verified.
package final class GzipStream {
    /// The compressed data is damaged; `code` is zlib's.
    package struct Fault: Error, Equatable {
        package let code: Int32
    }

    private let state: UnsafeMutablePointer<z_stream>
    private var hasEnded = false

    /// - Parameter source: must outlive the stream.
    package init(_ source: UnsafeRawBufferPointer) throws(Fault) {
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        // zlib counts in 32 bits; no such file is larger.
        state.pointee.next_in = UnsafeMutablePointer(
            mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(clamping: source.count)
        // 16: a gzip header is expected, and its checksum is verified.
        let code = inflateInit2_(state, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Fault(code: code) }
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    /// The next `count` bytes; fewer where the stream ends. Memory grows with what is there, not with `count`.
    package func next(_ count: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(count, 1 << 20))
        while bytes.count < count, !hasEnded {
            let room = UInt32(min(count - bytes.count, piece.count))
            let code = piece.withUnsafeMutableBufferPointer {
                state.pointee.next_out = $0.baseAddress
                state.pointee.avail_out = room
                return inflate(state, Z_NO_FLUSH)
            }
            bytes += piece[..<Int(room - state.pointee.avail_out)]
            switch code {
            case Z_OK: continue
            case Z_STREAM_END where state.pointee.avail_in == 0: hasEnded = true
            case Z_STREAM_END: guard inflateReset(state) == Z_OK else { throw Fault(code: Z_STREAM_ERROR) }
            default: throw Fault(code: code)
            }
        }
        return bytes
    }

    /// Whether the stream ends here, as its checksum confirms.
    package func isAtEnd() throws(Fault) -> Bool { try next(1).isEmpty }
}

/// Whole gzip files.
package enum Gzip {
    /// Whether these bytes begin as a gzip file does.
    package static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// What a file holds.
    ///
    /// - Parameter most: bytes beyond which it is taken for damaged.
    package static func inflate(_ file: MappedFile, most: Int) throws(FileError) -> [UInt8] {
        do throws(GzipStream.Fault) {
            return try file.withBytes { bytes throws(GzipStream.Fault) in
                let found = try GzipStream(bytes).next(most + 1)
                guard found.count <= most else { throw GzipStream.Fault(code: Z_DATA_ERROR) }
                return found
            }
        } catch {
            throw .damagedCompression(file: file.path, code: error.code)
        }
    }
}

/// The CRC-32 of what `checksum` is of, followed by `bytes`; of nothing it is 0.
func crc32(_ checksum: UInt, extendedBy bytes: UnsafeRawBufferPointer) -> UInt {
    crc32_z(checksum, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
}
