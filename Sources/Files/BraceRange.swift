/// Names written as shells expand them: `train-{000..146}.tar`, `{a,b}/{0..9..3}.tar`.
package enum BraceRange {
    /// The most names that one text stands for.
    package static let mostNames = 100_000

    /// All names in order, the last braces first; nil where the text has no braces that stand for several, or for more than
    /// are taken.
    package static func names(_ text: String) -> [String]? {
        guard let found = firstBraces(text) else { return nil }
        let (before, choices, after) = found
        let rest = firstBraces(after) == nil ? [after] : names(after)
        guard let rest, choices.count <= mostNames / max(rest.count, 1) else { return nil }
        return choices.flatMap { choice in rest.map { before + choice + $0 } }
    }

    private static func firstBraces(_ text: String) -> (before: String, choices: [String], after: String)? {
        var from = text.startIndex
        while let open = text[from...].firstIndex(of: "{") {
            guard let close = text[open...].firstIndex(of: "}") else { return nil }
            let inner = text[text.index(after: open)..<close]
            if !inner.contains("{"), let choices = choices(String(inner)) {
                return (String(text[..<open]), choices, String(text[text.index(after: close)...]))
            }
            from = text.index(after: open)
        }
        return nil
    }

    private static func choices(_ inner: String) -> [String]? {
        if inner.contains(",") { return inner.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        let parts = inner.components(separatedBy: "..")
        guard (2...3).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let first = Int(parts[0]), let last = Int(parts[1]), let step = parts.count == 3 ? Int(parts[2]) : 1,
            step > 0,
            abs(last - first) / step < mostNames
        else { return nil }
        // As in a shell: zeros before either number give all of them its width.
        let isPadded = parts[..<2].contains { $0.count > 1 && $0.hasPrefix("0") }
        let width = isPadded ? max(parts[0].count, parts[1].count) : 0
        return stride(from: first, through: last, by: first <= last ? step : -step).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }
}
