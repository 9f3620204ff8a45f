/// A direction of a signed unit: `17+` stands for what raises neuron 17, `17-` for what lowers it.
package enum Pole: String, Sendable, Hashable, Codable, CaseIterable {
    case positive = "+"
    case negative = "-"

    /// +1 or -1.
    package var sign: Float { self == .positive ? 1 : -1 }
}

/// What kind of unit: a coordinate of the layer, or a direction that a sparse autoencoder found in it.
package enum UnitKind: String, Sendable, Hashable, Codable, CaseIterable {
    case neuron, feature
}

/// One internal unit of the target layer: a neuron, one pole of it, or a feature of the study's sparse autoencoder.
///
/// Written `LAYER:INDEX`, `LAYER:INDEX+` or `LAYER:INDEX-`, as in `norm:17+`; a feature `LAYER:fINDEX`, as in
/// `norm:f17`.
package struct InternalUnit: Sendable, Hashable, CustomStringConvertible {
    package var layer: String
    package var index: Int
    /// Nil where the layer has no sign (after a ReLU, a feature, or a whole neuron meant).
    package var pole: Pole?
    package var kind: UnitKind

    package init(layer: String, index: Int, pole: Pole? = nil, kind: UnitKind = .neuron) {
        self.layer = layer
        self.index = index
        self.pole = pole
        self.kind = kind
    }

    /// Reads a unit as it is written; nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return nil }
        var digits = text[text.index(after: colon)...]
        let kind: UnitKind = digits.first == "f" ? .feature : .neuron
        if kind == .feature { digits.removeFirst() }
        let pole = digits.last.flatMap { Pole(rawValue: String($0)) }
        if pole != nil { digits.removeLast() }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let index = Int(digits),
            kind == .neuron || pole == nil
        else { return nil }
        self.init(layer: String(text[..<colon]), index: index, pole: pole, kind: kind)
    }

    package var description: String { "\(layer):\(shortName)" }

    /// The unit without its layer: `17+`, `f17`.
    package var shortName: String { "\(kind == .feature ? "f" : "")\(index)\(pole?.rawValue ?? "")" }
}

/// In JSON as it is written everywhere: `"norm:17+"`.
extension InternalUnit: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let text = try value.decode(String.self)
        guard let unit = InternalUnit(text) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "\(text) names no unit")
        }
        self = unit
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(description)
    }
}

extension InternalUnit: Comparable {
    package static func < (a: InternalUnit, b: InternalUnit) -> Bool {
        if a.layer != b.layer { return a.layer < b.layer }
        if a.kind != b.kind { return a.kind.rawValue > b.kind.rawValue }
        if a.index != b.index { return a.index < b.index }
        return a.pole?.rawValue ?? "" < b.pole?.rawValue ?? ""
    }
}
