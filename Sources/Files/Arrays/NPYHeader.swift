/// The head of NumPy's .npy format, versions 1 to 3: six bytes of magic, the version, a length, and a dictionary of Python
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NPYHeader: Sendable, Hashable {
    /// What one element is.
    enum Element: Sendable, Hashable {
        case number(ElementType)
        /// Characters of four bytes, or bytes: so many an element.
        case characters(Int)
        case bytes(Int)

        var size: Int {
            switch self {
            case .number(let type): type.size
            case .characters(let count): 4 * count
            case .bytes(let count): count
            }
        }
    }

    var element: Element
    var shape: [Int]
    /// Bytes before the data.
    var length: Int

    /// What is wrong with it, in words.
    struct Fault: Error, Equatable {
        var expected: String
        var found: String
    }

    /// Bytes that tell how long the head is.
    static let prefix = 12
    /// No header comes near.
    static let most = 1 << 20

    static func begins(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }))
    }

    /// How many bytes the head has, as its first twelve say.
    static func length(_ bytes: [UInt8]) throws(Fault) -> Int {
        guard begins(bytes), bytes.count >= 10, (1...3).contains(bytes[6]) else {
            throw Fault(expected: ".npy of version 1 to 3", found: "other bytes")
        }
        let wide = bytes[6] > 1
        guard bytes.count >= (wide ? 12 : 10) else { throw Fault(expected: "a header", found: "\(bytes.count) bytes") }
        let size = (0..<(wide ? 4 : 2)).reversed().reduce(0) { $0 << 8 | Int(bytes[8 + $1]) }
        let length = (wide ? 12 : 10) + size
        guard length <= most else { throw Fault(expected: "a header of at most \(most) bytes", found: "\(length)") }
        return length
    }

    /// - Parameter bytes: the whole head.
    init(_ bytes: [UInt8]) throws(Fault) {
        length = try Self.length(bytes)
        guard bytes.count >= length else {
            throw Fault(expected: "a header of \(length) bytes", found: "\(bytes.count)")
        }
        let text = String(decoding: bytes[(bytes[6] > 1 ? 12 : 10)..<length], as: UTF8.self)
        func value(_ key: String) throws(Fault) -> Substring {
            guard let place = text.range(of: "'\(key)':") else { throw Fault(expected: "'\(key)'", found: "none") }
            return text[place.upperBound...].drop { $0 == " " }
        }
        let described = try value("descr")
        guard described.first == "'", let end = described.dropFirst().firstIndex(of: "'") else {
            throw Fault(expected: "one element type", found: "a record")
        }
        element = try Self.element(String(described[described.index(after: described.startIndex)..<end]))
        let sizes = try value("shape")
        guard sizes.first == "(", let close = sizes.firstIndex(of: ")") else {
            throw Fault(expected: "a shape", found: String(sizes.prefix(20)))
        }
        var shape: [Int] = []
        for part in sizes[sizes.index(after: sizes.startIndex)..<close].split(separator: ",") {
            let digits = part.filter { $0 != " " && $0 != "L" }
            guard !digits.isEmpty else { continue }
            guard let size = Int(digits), size >= 0 else { throw Fault(expected: "a shape", found: String(part)) }
            shape.append(size)
        }
        self.shape = shape
        guard try value("fortran_order").hasPrefix("False") || shape.count < 2 else {
            throw Fault(
                expected: "rows one after the other (C order; numpy.ascontiguousarray makes it so)",
                found: "Fortran order")
        }
        var count = element.size
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw Fault(expected: "a shape that fits in memory", found: "\(shape)") }
            count = product
        }
    }

    private static func element(_ text: String) throws(Fault) -> Element {
        let fault = Fault(
            expected: "little-endian numbers (<f4, <f2, <f8, <i8, <i4, |u1, …) or texts", found: "'\(text)'")
        guard text.count >= 3, let size = Int(text.dropFirst(2)), size >= 0, size < 1 << 20 else { throw fault }
        let (order, kind) = (text.first!, text.dropFirst().first!)
        guard order == "<" || order == "|" || order == "=" else { throw fault }
        let types: [String: ElementType] = [
            "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
            "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .boolean,
        ]
        switch kind {
        case "U": return .characters(size)
        case "S": return .bytes(size)
        default:
            guard let type = types["\(kind)\(size)"] else { throw fault }
            return .number(type)
        }
    }
}
