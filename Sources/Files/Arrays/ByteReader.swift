import CZlib

/// The bytes of an array in their order, unpacked where they are packed. At the end their checksum is compared.
final class ByteReader {
    private let file: MappedFile
    private let place: StoredArray.Place
    private let array: String
    private let stream: UnsafeMutablePointer<z_stream>?
    private var position: Int
    private var given = 0
    private var checksum: UInt = 0

    init(_ file: MappedFile, _ place: StoredArray.Place, array: String) throws(FileError) {
        (self.file, self.place, self.array) = (file, place, array)
        position = place.range.lowerBound
        guard place.isDeflated else {
            stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // Negative: raw deflate, as archives have it.
        let code = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        self.stream = stream
        guard code == Z_OK else { throw .damagedCompression(file: file.path, code: code) }
    }

    deinit {
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The next `count` bytes.
    ///
    /// - Throws: where there are fewer, or, at the end, where they are not those that were written.
    func next(_ count: Int) throws(FileError) -> [UInt8] {
        guard count <= place.size - given else { throw missing(count) }
        var bytes = [UInt8](repeating: 0, count: count)
        var fault: FileError?
        bytes.withUnsafeMutableBytes { bytes in
            do throws(FileError) { try fill(bytes) } catch { fault = error }
        }
        if let fault { throw fault }
        return bytes
    }

    func fill(_ target: UnsafeMutableRawBufferPointer) throws(FileError) {
        guard target.count <= place.size - given else { throw missing(target.count) }
        if let stream {
            try inflate(stream, into: target)
        } else {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: file.bytes[position..<position + target.count]))
            position += target.count
        }
        given += target.count
        guard let expected = place.checksum else { return }
        checksum = crc32(checksum, extendedBy: UnsafeRawBufferPointer(target))
        guard given < place.size || checksum == UInt(expected) else {
            throw .malformedArray(
                file: file.path, array: array, expected: "bytes of checksum \(expected)", found: "\(checksum)")
        }
    }

    private func missing(_ count: Int) -> FileError {
        .malformedArray(file: file.path, array: array, expected: "\(given + count) bytes", found: "\(place.size)")
    }

    private func inflate(
        _ stream: UnsafeMutablePointer<z_stream>, into target: UnsafeMutableRawBufferPointer
    ) throws(FileError) {
        var filled = 0
        while filled < target.count {
            let (left, room) = (min(place.range.upperBound - position, 1 << 28), min(target.count - filled, 1 << 28))
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: (file.bytes.baseAddress! + position).assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(left)
            stream.pointee.next_out = (target.baseAddress! + filled).assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            position += left - Int(stream.pointee.avail_in)
            filled += room - Int(stream.pointee.avail_out)
            guard code == Z_OK || (code == Z_STREAM_END && filled == target.count) else {
                throw .damagedCompression(file: file.path, code: code)
            }
        }
    }

    /// Gives back what is held of a mapped file behind the bytes that were read.
    func release() {
        guard place.range.lowerBound < position else { return }
        file.release(UnsafeRawBufferPointer(rebasing: file.bytes[place.range.lowerBound..<position]))
    }
}
