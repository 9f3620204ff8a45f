import CZlib

/// Whole gzip files, of one member or of several that follow one another.
enum Gzip {
    /// What a file holds; its checksums are verified.
    ///
    /// - Parameter most: bytes beyond which it is taken for damaged.
    static func inflate(_ file: MappedFile, most: Int) throws(VisionModelsError) -> [UInt8] {
        func fault(_ code: Int32) -> VisionModelsError {
            .malformedVocabulary(file: file.path, .compression(code: code))
        }
        var stream = z_stream()
        stream.next_in = UnsafeMutablePointer(
            mutating: file.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: file.count)
        // 16: a gzip header is expected, and its checksum is verified.
        let code = inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw fault(code) }
        defer { inflateEnd(&stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let room = UInt32(piece.count)
            let code = piece.withUnsafeMutableBufferPointer { piece in
                stream.next_out = piece.baseAddress
                stream.avail_out = room
                return CZlib.inflate(&stream, Z_NO_FLUSH)
            }
            bytes += piece[..<Int(room - stream.avail_out)]
            guard bytes.count <= most else { throw fault(Z_DATA_ERROR) }
            switch code {
            case Z_OK: continue
            case Z_STREAM_END where stream.avail_in == 0: return bytes
            case Z_STREAM_END: guard inflateReset(&stream) == Z_OK else { throw fault(Z_STREAM_ERROR) }
            default: throw fault(code)
            }
        }
    }
}
