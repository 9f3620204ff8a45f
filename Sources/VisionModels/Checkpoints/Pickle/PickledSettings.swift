import Files

/// What a PyTorch file says beside its tensors.
struct PickledSettings: Sendable, Equatable {
    /// Where it stands: in a line of JSON before the archive, or beside the tensors in the pickle, perhaps as attributes of a
    /// class, of which nothing is made.
    enum Place: Sendable, Equatable { case heading, pickle(className: String?) }

    let place: Place
    let members: [String: JSON]

    /// The settings in the line of JSON that comes before an archive, as saev writes it, and where the archive begins; nil
    /// where there is none.
    static func heading(of bytes: UnsafeRawBufferPointer) -> (settings: PickledSettings, end: Int)? {
        guard bytes.first == UInt8(ascii: "{"), let line = bytes.prefix(1 << 20).firstIndex(of: UInt8(ascii: "\n")),
            case .object(let members)? = try? JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[..<line]))
        else { return nil }
        return (PickledSettings(place: .heading, members: members), line + 1)
    }

    private init(place: Place, members: [String: JSON]) { (self.place, self.members) = (place, members) }

    /// Those that a trainer saved beside its weights; nil where it saved none.
    init?(beside members: [String: PickleValue]) {
        guard case .dictionary(let box)? = members["cfg"] ?? members["config"] else { return nil }
        var budget = Self.mostValues
        guard case .object(let values)? = JSON(.dictionary(box), depth: 0, &budget) else { return nil }
        self.init(place: .pickle(className: box.settingsClass), members: values)
    }

    /// More than any settings have; what refers to itself ends here.
    private static let mostValues = 1 << 14
}

extension JSON {
    /// The plain values of a pickle; nil for what is none, which is left out of lists and objects.
    fileprivate init?(_ value: PickleValue, depth: Int, _ budget: inout Int) {
        budget -= 1
        guard depth < 16, budget > 0 else { return nil }
        switch value {
        case .none: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .number("\(value)")
        case .number(let value): self = .number("\(value)")
        case .text(let text): self = .string(text)
        case .tuple(let items, _): self = .array(Self.elements(items, depth, &budget))
        case .list(let box): self = .array(Self.elements(box.items, depth, &budget))
        case .dictionary(let box):
            var members: [String: JSON] = [:]
            for place in stride(from: 0, to: box.items.count - 1, by: 2) {
                guard case .text(let name) = box.items[place] else { continue }
                members[name] = JSON(box.items[place + 1], depth: depth + 1, &budget)
            }
            self = .object(members)
        case .bytes, .constructor, .storage, .tensor, .inert: return nil
        }
    }

    private static func elements(_ items: [PickleValue], _ depth: Int, _ budget: inout Int) -> [JSON] {
        var elements: [JSON] = []
        for item in items { if let element = JSON(item, depth: depth + 1, &budget) { elements.append(element) } }
        return elements
    }
}
