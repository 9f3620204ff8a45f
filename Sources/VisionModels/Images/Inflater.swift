import CZlib

/// Takes a gzip stream apart, as many bytes at a time as are asked for.
final class Inflater {
    private let state: UnsafeMutablePointer<z_stream>
    private var hasEnded = false

    /// - Parameter source: must outlive the inflater.
    init(_ source: UnsafeRawBufferPointer) throws(IDXFault) {
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        // zlib counts in 32 bits; no such file is larger.
        state.pointee.next_in = UnsafeMutablePointer(
            mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(clamping: source.count)
        // 16: a gzip header is expected, and its checksum is verified.
        let code = inflateInit2_(state, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .compression(code: code) }
    }

    deinit {
        inflateEnd(state)
        state.deallocate()
    }

    /// The next `count` bytes; fewer where the stream ends. Memory grows with what is there, not with `count`.
    func next(_ count: Int) throws(IDXFault) -> [UInt8] {
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
            guard code == Z_OK || code == Z_STREAM_END else { throw .compression(code: code) }
            hasEnded = code == Z_STREAM_END
        }
        return bytes
    }

    /// Whether the stream ends here, as its checksum confirms, and nothing follows it.
    func isAtEnd() throws(IDXFault) -> Bool {
        try next(1).isEmpty && state.pointee.avail_in == 0
    }
}
