import LinearAlgebra

/// What an array holds, as numbers or texts.
extension StoredArray {
    /// Passes blocks of items [n, …] as float32 to `body`, in their order; no more of the file is held.
    ///
    /// - Parameter atOnce: items of a block; by default about four million elements.
    package func forEachBlock(
        atOnce: Int? = nil, _ body: (Range<Int>, Tensor) throws -> Void
    ) throws {
        let type = try number("numbers")
        let reader = try ByteReader(file, place, array: name)
        if offset > 0 { _ = try reader.next(offset) }
        let size = max(1, itemSize)
        for range in blocks(of: count, size: atOnce ?? max(1, (1 << 22) / size)) {
            let bytes = try reader.next(range.count * size * type.size)
            let shape = [range.count] + shape.dropFirst()
            try body(range, bytes.withUnsafeBytes { Tensor(shape, type, $0) })
            reader.release()
        }
    }

    /// All of it as float32.
    package func floats() throws(FileError) -> Tensor {
        let type = try number("numbers")
        let bytes = try data()
        return bytes.withUnsafeBytes { Tensor(shape, type, $0) }
    }

    /// All of it as whole numbers.
    package func integers() throws(FileError) -> [Int] {
        let type = try number("whole numbers")
        let bytes = try data()
        switch type {
        case .int64: return Self.all(bytes, Int64.self)
        case .int32: return Self.all(bytes, Int32.self)
        case .int16: return Self.all(bytes, Int16.self)
        case .int8: return Self.all(bytes, Int8.self)
        case .uint64: return Self.all(bytes, UInt64.self)
        case .uint32: return Self.all(bytes, UInt32.self)
        case .uint16: return Self.all(bytes, UInt16.self)
        case .uint8, .boolean: return Self.all(bytes, UInt8.self)
        case .float64, .float32, .float16, .bfloat16: throw fault("whole numbers", type.rawValue)
        }
    }

    private static func all<Bits: FixedWidthInteger>(_ bytes: [UInt8], _: Bits.Type) -> [Int] {
        let size = MemoryLayout<Bits>.size
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map {
                Int(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self))
            }
        }
    }

    /// All of it as texts; safetensors have none.
    package func texts() throws(FileError) -> [String] {
        let size = element.size
        let bytes = try data()
        let count = shape.reduce(1, *)
        switch element {
        case .number(let type): throw fault("texts", type.rawValue)
        case .bytes:
            return (0..<count).map { item in
                String(decoding: bytes[item * size..<(item + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
            }
        case .characters(let length):
            return bytes.withUnsafeBytes { bytes in
                (0..<count).map { item in
                    var text = ""
                    for place in 0..<length {
                        let code = bytes.loadUnaligned(fromByteOffset: item * size + place * 4, as: UInt32.self)
                        if code == 0 { break }
                        text.unicodeScalars.append(Unicode.Scalar(code) ?? "\u{FFFD}")
                    }
                    return text
                }
            }
        }
    }

    /// Whether it holds texts.
    package var areTexts: Bool { if case .number = element { false } else { true } }

    private func number(_ expected: String) throws(FileError) -> ElementType {
        guard case .number(let type) = element else { throw fault(expected, "texts") }
        return type
    }

    private func data() throws(FileError) -> [UInt8] {
        let reader = try ByteReader(file, place, array: name)
        if offset > 0 { _ = try reader.next(offset) }
        return try reader.next(place.size - offset)
    }
}

extension Tensor {
    /// Little-endian elements, each turned into float32.
    fileprivate init(_ shape: [Int], _ type: ElementType, _ bytes: UnsafeRawBufferPointer) {
        self.init(shape) { target in
            func fill<Bits: FixedWidthInteger>(_ convert: (Bits) -> Float) {
                for index in target.indices {
                    target[index] = convert(
                        bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self))
                }
            }
            switch type {
            case .float32: UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            case .float64: fill { (bits: UInt64) in Float(Double(bitPattern: bits)) }
            case .float16: fill { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
            case .bfloat16: fill { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
            case .int64: fill { (bits: Int64) in Float(bits) }
            case .int32: fill { (bits: Int32) in Float(bits) }
            case .int16: fill { (bits: Int16) in Float(bits) }
            case .int8: fill { (bits: Int8) in Float(bits) }
            case .uint64: fill { (bits: UInt64) in Float(bits) }
            case .uint32: fill { (bits: UInt32) in Float(bits) }
            case .uint16: fill { (bits: UInt16) in Float(bits) }
            case .uint8, .boolean: fill { (bits: UInt8) in Float(bits) }
            }
        }
    }
}
