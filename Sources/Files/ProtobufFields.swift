/// The fields of a message in Protocol Buffers' encoding, in their order. Nothing is believed beyond the bytes that are there.
package struct ProtobufFields {
    package enum Value: Equatable {
        case whole(UInt64)
        case four(UInt32)
        case eight(UInt64)
        /// A text, bytes, or a message: where in the file.
        case bytes(Range<Int>)
    }

    package struct Field: Equatable {
        package var number: Int
        package var value: Value
    }

    package struct Fault: Error, Equatable {
        /// Counted from 1.
        package var byte: Int
        package var expected: String
    }

    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private var position: Int

    /// - Parameters:
    ///   - bytes: of the whole file.
    ///   - range: of the message in it.
    package init(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
    }

    /// The next field; nil at the end.
    package mutating func next() throws(Fault) -> Field? {
        guard position < end else { return nil }
        let start = position
        let key = try variable()
        guard let number = Int(exactly: key >> 3), (1...536_870_911).contains(number) else {
            throw Fault(byte: start + 1, expected: "the number of a field")
        }
        switch key & 7 {
        case 0: return Field(number: number, value: .whole(try variable()))
        case 1: return Field(number: number, value: .eight(UInt64(littleEndian: try fixed(UInt64.self))))
        case 2:
            let length = try variable()
            guard length <= UInt64(end - position) else {
                throw Fault(byte: start + 1, expected: "\(length) bytes of field \(number)")
            }
            defer { position += Int(length) }
            return Field(number: number, value: .bytes(position..<position + Int(length)))
        case 5: return Field(number: number, value: .four(UInt32(littleEndian: try fixed(UInt32.self))))
        default: throw Fault(byte: start + 1, expected: "a kind of field that is in use")
        }
    }

    private mutating func variable() throws(Fault) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { break }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Fault(byte: start + 1, expected: "a whole number of at most ten bytes")
    }

    private mutating func fixed<Bits: FixedWidthInteger>(_ type: Bits.Type) throws(Fault) -> Bits {
        let size = MemoryLayout<Bits>.size
        guard size <= end - position else { throw Fault(byte: position + 1, expected: "\(size) bytes") }
        defer { position += size }
        return bytes.loadUnaligned(fromByteOffset: position, as: Bits.self)
    }
}
