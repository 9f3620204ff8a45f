/// The header of a safetensors file: eight bytes of length (little-endian), then JSON
/// `{name: {"dtype", "shape", "data_offsets"}}` with offsets counted from the header's end, then the data.
///
/// A header that was read is consistent: every tensor's offsets lie in the file, fit its shape, and follow one another
/// without a gap, as the format's own reader demands. Nothing is allocated by what a header merely claims.
package struct SafetensorsHeader: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var type: ElementType
        package var shape: [Int]
        /// Bytes, from the start of the file.
        package var range: Range<Int>
        /// Elements from one index to the next, dimension by dimension, where rows do not follow one another; another format's
        /// list may have such. Whoever made it has checked that all elements lie in the range.
        package var strides: [Int]?

        package init(type: ElementType, shape: [Int], range: Range<Int>, strides: [Int]? = nil) {
            (self.type, self.shape, self.range, self.strides) = (type, shape, range, strides)
        }

        /// The elements in the order of their indices, gathered where they do not lie so.
        package func packed(_ file: UnsafeRawBufferPointer) -> [UInt8]? {
            guard let strides else { return nil }
            let (count, size) = (shape.reduce(1, *), type.size)
            return [UInt8](unsafeUninitializedCapacity: count * size) { target, initialized in
                var indices = [Int](repeating: 0, count: shape.count)
                var place = range.lowerBound
                for element in 0..<count {
                    for byte in 0..<size { target[element * size + byte] = file[place + byte] }
                    // The next index: the last dimension first.
                    for dimension in shape.indices.reversed() {
                        indices[dimension] += 1
                        place += strides[dimension] * size
                        guard indices[dimension] == shape[dimension] else { break }
                        place -= shape[dimension] * strides[dimension] * size
                        indices[dimension] = 0
                    }
                }
                initialized = count * size
            }
        }
    }

    /// No published header comes near; the format's own reader has the same limit.
    private static let greatestLength: UInt64 = 100_000_000
    private static let metadataKey = "__metadata__"

    package private(set) var entries: [String: Entry] = [:]
    package private(set) var metadata: [String: String] = [:]

    /// What another format's list of tensors says; whoever read it has checked that they lie in the file.
    package init(entries: [String: Entry]) { self.entries = entries }

    package init(parsing bytes: UnsafeRawBufferPointer) throws(SafetensorsFault) {
        guard bytes.count >= 8 else { throw .noHeader(fileSize: bytes.count) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= Self.greatestLength, length <= UInt64(bytes.count - 8) else {
            throw .headerLength(claimed: length, available: bytes.count - 8)
        }
        let dataStart = 8 + Int(length)
        let json: JSON
        do { json = try JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])) } catch {
            throw .headerSyntax(
                line: error.line, byte: 8 + error.byte, path: error.path, expected: error.expected)
        }
        guard case .object(var members) = json else {
            throw .headerSyntax(line: 1, byte: 9, path: "", expected: "an object")
        }
        if let value = members.removeValue(forKey: Self.metadataKey) { metadata = try Self.metadata(value) }
        for (name, value) in members {
            entries[name] = try Self.entry(name, value, dataStart: dataStart, dataSize: bytes.count - dataStart)
        }
        try checkCoverage(dataStart: dataStart, fileSize: bytes.count)
    }

    private static func metadata(_ value: JSON) throws(SafetensorsFault) -> [String: String] {
        guard case .object(let members) = value else { throw .entry(tensor: metadataKey, expected: "an object") }
        var metadata: [String: String] = [:]
        for (key, value) in members {
            guard case .string(let text) = value else { throw .entry(tensor: metadataKey, expected: "texts") }
            metadata[key] = text
        }
        return metadata
    }

    private static func entry(
        _ name: String, _ value: JSON, dataStart: Int, dataSize: Int
    ) throws(SafetensorsFault) -> Entry {
        guard case .object(let members) = value, members.count == 3, case .string(let typeName) = members["dtype"],
            let shape = members["shape"]?.sizes, let offsets = members["data_offsets"]?.sizes, offsets.count == 2
        else { throw .entry(tensor: name, expected: "dtype, shape and data_offsets") }
        guard let type = ElementType(rawValue: typeName) else {
            throw .unknownElementType(tensor: name, found: typeName)
        }
        var byteCount = type.size
        for size in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: size)
            if overflow { throw .entry(tensor: name, expected: "a shape that fits in memory") }
            byteCount = product
        }
        guard offsets[0] <= offsets[1], offsets[1] <= dataSize else {
            throw .offsets(tensor: name, expectedStart: min(offsets[0], dataSize), found: offsets, dataSize: dataSize)
        }
        guard byteCount == offsets[1] - offsets[0] else {
            throw .byteCount(tensor: name, expected: byteCount, found: offsets[1] - offsets[0])
        }
        return Entry(type: type, shape: shape, range: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    private func checkCoverage(dataStart: Int, fileSize: Int) throws(SafetensorsFault) {
        var end = dataStart
        let inOrder = entries.sorted {
            ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
                < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
        }
        for (name, entry) in inOrder {
            guard entry.range.lowerBound == end else {
                throw .offsets(
                    tensor: name, expectedStart: end - dataStart,
                    found: [entry.range.lowerBound - dataStart, entry.range.upperBound - dataStart],
                    dataSize: fileSize - dataStart)
            }
            end = entry.range.upperBound
        }
        guard end == fileSize else { throw .dataSize(expected: end - dataStart, found: fileSize - dataStart) }
    }

    /// The bytes of a header for float32 tensors that follow one another in this order, and the size of the whole file.
    /// Padded with spaces so that the data begins at a multiple of 64 bytes.
    package static func encoded(
        _ tensors: [(name: String, shape: [Int])], metadata: [String: String]
    ) -> (bytes: [UInt8], fileSize: Int) {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
            members.append("\"\(metadataKey)\":{\(texts.joined(separator: ","))}")
        }
        var end = 0
        for (name, shape) in tensors {
            let start = end
            end += shape.reduce(ElementType.float32.size, *)
            let sizes = shape.map(String.init).joined(separator: ",")
            members.append(
                "\(JSON.quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(sizes)],\"data_offsets\":[\(start),\(end)]}")
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (64 - (8 + text.count) % 64) % 64)
        let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        return (length + text, 8 + text.count + end)
    }
}
