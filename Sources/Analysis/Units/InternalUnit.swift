/// A direction of a signed unit: `17+` stands for what raises neuron 17, `17-` for what lowers it.
public enum Pole: String, Sendable, Hashable, Codable, CaseIterable {
    case positive = "+"
    case negative = "-"

    /// +1 or -1.
    public var sign: Float { self == .positive ? 1 : -1 }
}

/// One internal unit of the target layer: a neuron (or, once trained, an SAE feature), or one pole of it.
///
/// Written `LAYER:INDEX`, `LAYER:INDEX+` or `LAYER:INDEX-`, as in `norm:17+`.
public struct InternalUnit: Sendable, Hashable, Codable, CustomStringConvertible {
    public var layer: String
    public var index: Int
    /// Nil where the layer has no sign (after a ReLU, or a whole neuron meant).
    public var pole: Pole?

    public init(layer: String, index: Int, pole: Pole? = nil) {
        self.layer = layer
        self.index = index
        self.pole = pole
    }

    /// Reads `LAYER:INDEX`, with an optional `+` or `-`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return nil }
        var digits = text[text.index(after: colon)...]
        let pole = digits.last.flatMap { Pole(rawValue: String($0)) }
        if pole != nil { digits.removeLast() }
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let index = Int(digits) else {
            return nil
        }
        self.init(layer: String(text[..<colon]), index: index, pole: pole)
    }

    public var description: String { "\(layer):\(index)\(pole?.rawValue ?? "")" }

    /// The unit without its layer: `17+`.
    public var shortName: String { "\(index)\(pole?.rawValue ?? "")" }
}

extension InternalUnit: Comparable {
    public static func < (a: InternalUnit, b: InternalUnit) -> Bool {
        (a.layer, a.index, a.pole?.rawValue ?? "") < (b.layer, b.index, b.pole?.rawValue ?? "")
    }
}
