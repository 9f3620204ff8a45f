import Files

/// Follows the instructions of one pickle (protocols 0 to 5) as far as checkpoints need them: they build values here and
/// call nothing. What is not known is refused by name and byte.
struct PickleMachine {
    private let bytes: UnsafeRawBufferPointer
    private(set) var place: Int
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    /// All that were made: emptied at the end, so that those that hold one another are given back.
    private var boxes: [PickleBox] = []

    private static let deepest = 64
    private static let mostValues = 1 << 24

    /// Runs the pickle that begins at `start`, passes what it describes to `body`, and says where it ends.
    static func read<Result>(
        _ bytes: UnsafeRawBufferPointer, from start: Int = 0, _ body: (PickleValue) throws(PickleFault) -> Result
    ) throws(PickleFault) -> (Result, end: Int) {
        var machine = PickleMachine(bytes: bytes, place: start)
        defer { for box in machine.boxes { box.items = [] } }
        let value = try machine.run()
        return (try body(value), machine.place)
    }

    private init(bytes: UnsafeRawBufferPointer, place: Int) { (self.bytes, self.place) = (bytes, place) }

    private mutating func run() throws(PickleFault) -> PickleValue {
        while true {
            let start = place
            let code = try byte()
            if code == UInt8(ascii: ".") { return try pop(code, start) }
            try follow(code, start)
            guard stack.count <= Self.mostValues, memo.count <= Self.mostValues else { throw .tooLarge(at: start) }
        }
    }

    private mutating func follow(_ code: UInt8, _ start: Int) throws(PickleFault) {
        switch code {
        case 0x80: _ = try byte()  // protocol
        case 0x95: _ = try number(8)  // frame
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop(code, start)
        case UInt8(ascii: "1"): _ = try popMark(code, start)
        case UInt8(ascii: "2"):
            guard let last = stack.last else { throw .misuse(of: code, at: start) }
            stack.append(last)
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.boolean(true))
        case 0x89: stack.append(.boolean(false))
        case UInt8(ascii: "I"):
            let line = try line()
            guard let value = Int(line) else { throw .misuse(of: code, at: start) }
            stack.append(line == "00" ? .boolean(false) : line == "01" ? .boolean(true) : .integer(value))
        case UInt8(ascii: "L"):
            let line = try line()
            guard let value = Int(line.hasSuffix("L") ? String(line.dropLast()) : line) else {
                throw .misuse(of: code, at: start)
            }
            stack.append(.integer(value))
        case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
        case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
        case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
        case 0x8A: stack.append(try long(count: number(1)))
        case 0x8B: stack.append(try long(count: number(4)))
        case UInt8(ascii: "F"): stack.append(.number(Double(try line()) ?? .nan))
        case UInt8(ascii: "G"):
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.number(Double(bitPattern: bits)))
        case UInt8(ascii: "V"), UInt8(ascii: "S"): stack.append(.text(try line()))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): stack.append(try text(number(4)))
        case 0x8C, UInt8(ascii: "U"): stack.append(try text(number(1)))
        case 0x8D: stack.append(try text(number(8)))
        case UInt8(ascii: "B"): stack.append(try raw(number(4)))
        case UInt8(ascii: "C"): stack.append(try raw(number(1)))
        case 0x8E, 0x96: stack.append(try raw(number(8)))
        case UInt8(ascii: "}"): stack.append(.dictionary(box([])))
        case UInt8(ascii: "]"), 0x8F: stack.append(.list(box([])))
        case UInt8(ascii: ")"): try push(tuple: [], start)
        case UInt8(ascii: "t"): try push(tuple: popMark(code, start), start)
        case 0x85: try push(tuple: pop(1, code, start), start)
        case 0x86: try push(tuple: pop(2, code, start), start)
        case 0x87: try push(tuple: pop(3, code, start), start)
        case UInt8(ascii: "l"): stack.append(.list(box(try popMark(code, start))))
        case UInt8(ascii: "d"):
            let items = try popMark(code, start)
            guard items.count % 2 == 0 else { throw .misuse(of: code, at: start) }
            stack.append(.dictionary(box(items)))
        case UInt8(ascii: "a"): try add(pop(1, code, start), code, start, toDictionary: false)
        case UInt8(ascii: "e"), 0x90: try add(popMark(code, start), code, start, toDictionary: false)
        case UInt8(ascii: "s"): try add(pop(2, code, start), code, start, toDictionary: true)
        case UInt8(ascii: "u"): try add(popMark(code, start), code, start, toDictionary: true)
        case UInt8(ascii: "q"): try keep(number(1), code, start)
        case UInt8(ascii: "r"): try keep(number(4), code, start)
        case UInt8(ascii: "p"): try keep(Int(line()) ?? -1, code, start)
        case 0x94: try keep(memo.count, code, start)
        case UInt8(ascii: "h"): try recall(number(1), code, start)
        case UInt8(ascii: "j"): try recall(number(4), code, start)
        case UInt8(ascii: "g"): try recall(Int(line()) ?? -1, code, start)
        case UInt8(ascii: "c"): try name(line(), line(), start)
        case 0x93:
            let parts = try pop(2, code, start)
            guard case .text(let module) = parts[0], case .text(let name) = parts[1] else {
                throw .misuse(of: code, at: start)
            }
            try self.name(module, name, start)
        case UInt8(ascii: "R"), 0x81:
            let parts = try pop(2, code, start)
            guard case .tuple(let arguments, _) = parts[1] else { throw .misuse(of: code, at: start) }
            stack.append(try call(parts[0], arguments, code, start))
        case UInt8(ascii: "b"): try build(code, start)
        case UInt8(ascii: "Q"): stack.append(try storage(pop(code, start), code, start))
        default: throw .instruction(code, at: start)
        }
    }

    // MARK: What instructions make

    private mutating func name(_ module: String, _ name: String, _ start: Int) throws(PickleFault) {
        guard let known = PickleConstructor(module, name) else { throw .name("\(module).\(name)", at: start) }
        stack.append(.constructor(known))
    }

    private mutating func call(
        _ function: PickleValue, _ arguments: [PickleValue], _ code: UInt8, _ start: Int
    ) throws(PickleFault) -> PickleValue {
        guard case .constructor(let constructor) = function else {
            if case .inert = function { return .inert }
            throw .misuse(of: code, at: start)
        }
        switch constructor {
        case .inert: return .inert
        case .orderedDictionary: return .dictionary(box([]))
        case .module:
            let module = box([])
            module.isModule = true
            return .dictionary(module)
        case .settings(let name):
            guard arguments.isEmpty else { throw .misuse(of: code, at: start) }
            let settings = box([])
            settings.settingsClass = name
            return .dictionary(settings)
        case .size: return arguments.first ?? .none
        case .parameter:
            guard case .tensor? = arguments.first else { throw .misuse(of: code, at: start) }
            return arguments[0]
        case .tensor:
            guard arguments.count >= 4, case .storage(let storage) = arguments[0],
                case .integer(let offset) = arguments[1],
                let shape = sizes(arguments[2]), let strides = sizes(arguments[3]), shape.count == strides.count
            else { throw .misuse(of: code, at: start) }
            return .tensor(PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides))
        case .storage: throw .misuse(of: code, at: start)
        }
    }

    private func sizes(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let items, _) = value, items.count <= 64 else { return nil }
        let sizes = items.compactMap { item -> Int? in
            guard case .integer(let size) = item, size >= 0, size <= 1 << 40 else { return nil }
            return size
        }
        return sizes.count == items.count ? sizes : nil
    }

    /// The attributes of a module or of settings, or the state of an ordered dictionary (its `_metadata`), which is let be.
    private mutating func build(_ code: UInt8, _ start: Int) throws(PickleFault) {
        let state = try pop(code, start)
        switch stack.last {
        case .dictionary(let object)? where object.isModule || object.settingsClass != nil:
            if case .dictionary(let attributes) = state { object.items += attributes.items }
        case .dictionary?, .inert?: break
        default: throw .misuse(of: code, at: start)
        }
    }

    /// `("storage", type, key, device, count)`, and in older files a view, which must be none.
    private func storage(_ value: PickleValue, _ code: UInt8, _ start: Int) throws(PickleFault) -> PickleValue {
        guard case .tuple(let parts, _) = value, parts.count >= 5, case .text("storage") = parts[0],
            case .constructor(.storage(let type)) = parts[1], case .text(let key) = parts[2],
            case .integer(let count) = parts[4], count >= 0, count <= 1 << 40
        else { throw .misuse(of: code, at: start) }
        if parts.count > 5 { guard case .none = parts[5] else { throw .misuse(of: code, at: start) } }
        return .storage(PickleStorage(type: type, key: key, count: count))
    }

    private mutating func add(
        _ items: [PickleValue], _ code: UInt8, _ start: Int, toDictionary: Bool
    ) throws(PickleFault) {
        switch stack.last {
        case .dictionary(let box)? where toDictionary && items.count % 2 == 0: box.items += items
        case .list(let box)? where !toDictionary: box.items += items
        case .inert?: break
        default: throw .misuse(of: code, at: start)
        }
    }

    private mutating func push(tuple items: [PickleValue], _ start: Int) throws(PickleFault) {
        let depth = items.map { if case .tuple(_, let depth) = $0 { depth + 1 } else { 1 } }.max() ?? 1
        guard depth <= Self.deepest else { throw .tooLarge(at: start) }
        stack.append(.tuple(items, depth: depth))
    }

    private mutating func box(_ items: [PickleValue]) -> PickleBox {
        let box = PickleBox()
        box.items = items
        boxes.append(box)
        return box
    }

    // MARK: Memory and stack

    private mutating func keep(_ index: Int, _ code: UInt8, _ start: Int) throws(PickleFault) {
        guard let last = stack.last, index >= 0 else { throw .misuse(of: code, at: start) }
        memo[index] = last
    }

    private mutating func recall(_ index: Int, _ code: UInt8, _ start: Int) throws(PickleFault) {
        guard let value = memo[index] else { throw .misuse(of: code, at: start) }
        stack.append(value)
    }

    private mutating func pop(_ code: UInt8, _ start: Int) throws(PickleFault) -> PickleValue {
        try pop(1, code, start)[0]
    }

    /// The last values, in the order in which they came, but none from before the last mark.
    private mutating func pop(_ count: Int, _ code: UInt8, _ start: Int) throws(PickleFault) -> [PickleValue] {
        guard stack.count - count >= marks.last ?? 0 else { throw .misuse(of: code, at: start) }
        let items = Array(stack.suffix(count))
        stack.removeLast(count)
        return items
    }

    private mutating func popMark(_ code: UInt8, _ start: Int) throws(PickleFault) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else { throw .misuse(of: code, at: start) }
        let items = Array(stack[mark...])
        stack.removeLast(items.count)
        return items
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(PickleFault) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - place else { throw .endsTooSoon(at: place) }
        defer { place += count }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    private mutating func byte() throws(PickleFault) -> UInt8 { try take(1)[0] }

    /// Little-endian, without sign.
    private mutating func number(_ size: Int) throws(PickleFault) -> Int {
        let start = place
        let value = try take(size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let number = Int(exactly: value) else { throw .tooLarge(at: start) }
        return number
    }

    /// Two's complement; what does not fit is a number that nothing here needs.
    private mutating func long(count: Int) throws(PickleFault) -> PickleValue {
        let digits = try take(count)
        guard count <= 8 else { return .number(.infinity) }
        var value = UInt64(0)
        for (index, digit) in digits.enumerated() { value |= UInt64(digit) << UInt64(8 * index) }
        let unused = UInt64(64 - 8 * count)
        return .integer(count == 0 ? 0 : Int(Int64(bitPattern: value << unused) >> Int64(unused)))
    }

    private mutating func text(_ count: Int) throws(PickleFault) -> PickleValue {
        .text(String(decoding: try take(count), as: UTF8.self))
    }

    private mutating func raw(_ count: Int) throws(PickleFault) -> PickleValue {
        _ = try take(count)
        return .bytes
    }

    private mutating func line() throws(PickleFault) -> String {
        guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) else { throw .endsTooSoon(at: place) }
        defer { place = end + 1 }
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }
}
