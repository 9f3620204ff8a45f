/// What people write where a concept goes: words, or units by name.
///
/// `sleeves`, `dog - leash + water` (`ConceptSum`), `image 812`, `norm:45-`, `45- 17+ f3`; a set of units may have a name, `soles = 45- 17+`; and behind an `@` stands the
/// class that accuracy is read on, `sleeves @ shirt`. Without its layer a unit needs a pole or an f, for a number alone is
/// a word.
package struct ConceptText: Sendable, Hashable {
    /// Of a set of units.
    package var name: String?
    /// The words, or the units as they were written.
    package var words: String
    /// What stands behind the last `@`.
    package var className: String?
    /// Empty where words are meant.
    package var units: [InternalUnit]

    /// - Parameter layer: of units that are written without theirs.
    package init(_ text: String, layer: String) {
        var rest = Self.trimmed(text[...])
        if let sign = rest.lastIndex(of: "@"), sign > rest.startIndex {
            let behind = Self.trimmed(rest[rest.index(after: sign)...])
            className = behind.isEmpty ? nil : String(behind)
            if className != nil { rest = Self.trimmed(rest[..<sign]) }
        }
        words = String(rest)
        units = Self.units(rest, layer) ?? []
        if units.isEmpty, let sign = rest.firstIndex(of: "="), sign > rest.startIndex,
            let named = Self.units(rest[rest.index(after: sign)...], layer)
        {
            name = String(Self.trimmed(rest[..<sign]))
            units = named
        }
    }

    /// The text of a set of units, as short as reads back the same.
    package static func text(of units: [InternalUnit], name: String? = nil, className: String? = nil) -> String {
        let names = units.map { $0.pole == nil && $0.kind == .neuron ? $0.description : $0.shortName }
        return (name.map { $0 + " = " } ?? "") + names.joined(separator: " ") + (className.map { " @ " + $0 } ?? "")
    }

    /// Each unit once, in order; nil where a word is none.
    private static func units(_ text: Substring, _ layer: String) -> [InternalUnit]? {
        var units: [InternalUnit] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
            // An image by its number, and no unit of a layer called so.
            guard !ConceptSum(String(word)).hasImages else { return nil }
            let isShort = !word.contains(":") && (word.first == "f" || word.last == "+" || word.last == "-")
            guard let unit = InternalUnit(isShort ? "\(layer):\(word)" : String(word)) else { return nil }
            if !units.contains(unit) { units.append(unit) }
        }
        return units.isEmpty ? nil : units
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
