/// Values as what is expected of them.
extension JSON {
    /// One text for one value, whatever the order of keys was.
    package var canonical: String {
        switch self {
        case .array(let values): "[" + values.map(\.canonical).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription):\($0.value.canonical)" }
                .joined(separator: ",") + "}"
        case .string(let text): text.debugDescription
        default: summary
        }
    }

    /// The value of a number without fraction or exponent.
    package var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// The value of a finite number.
    package var float: Float? {
        guard case .number(let text) = self, let value = Float(text), value.isFinite else { return nil }
        return value
    }

    /// A list of whole numbers, none negative.
    var sizes: [Int]? {
        guard case .array(let elements) = self else { return nil }
        let sizes = elements.compactMap(\.integer)
        return sizes.count == elements.count && sizes.allSatisfy({ $0 >= 0 }) ? sizes : nil
    }

    /// `text` between quotation marks, with what JSON demands escaped.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
