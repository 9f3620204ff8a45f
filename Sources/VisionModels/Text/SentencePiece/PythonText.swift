/// Texts as Python sees them, for tokenizers that are written in it.
enum PythonText {
    /// As `str.isspace` has it, and `\s` of its regular expressions.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        ("\u{1C}"..."\u{1F}").contains(scalar) || scalar.properties.isWhitespace
    }

    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        [33...47, 58...64, 91...96, 123...126].contains { $0.contains(scalar.value) }
    }

    /// `str.lower`: letter by letter, but for a sigma at the end of a word (Unicode, section 3.13).
    static func lowercased(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for (index, scalar) in text.enumerated() {
            if scalar.isASCII {
                let isUpper = ("A"..."Z").contains(scalar)
                result.append(isUpper ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
            } else if scalar == "Σ" {
                func isCased(_ rest: some Sequence<Unicode.Scalar>) -> Bool {
                    rest.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
                }
                let isLast = isCased(text[..<index].reversed()) && !isCased(text[(index + 1)...])
                result.append(isLast ? "ς" : "σ")
            } else {
                result += scalar.properties.lowercaseMapping.unicodeScalars
            }
        }
        return result
    }

    /// `str.lstrip`, `str.rstrip`
    static func strippedStart(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        text.drop(while: isSpace)
    }
    static func strippedEnd(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        text.prefix((text.lastIndex { !isSpace($0) } ?? text.startIndex - 1) - text.startIndex + 1)
    }

    static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
