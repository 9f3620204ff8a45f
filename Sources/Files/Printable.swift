import Foundation

/// A text as it may reach a terminal or a file that people open: names of files, classes, concepts and tensors come from
/// elsewhere, and may hold what moves a cursor, rings a bell or turns the writing round. Such characters are written out:
/// `\u{1b}`.
///
/// - Parameter keepingLines: whether line ends and tabs stay; else they are written out too.
package func printable(_ text: String, keepingLines: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: { acts($0, keepingLines) }) else { return text }
    return replacing(text) { scalar, next in
        // A return that ends a line, as in CSV, moves the cursor no further than the line end does.
        guard acts(scalar, keepingLines), !(keepingLines && scalar == "\r" && next == "\n") else { return nil }
        return "\\u{\(String(scalar.value, radix: 16))}"
    }
}

/// A value as JSON for people and scripts: keys in order, a line each, nothing that acts on a terminal, a line end.
package func documentText(of document: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return printable(json: String(decoding: try encoder.encode(document), as: UTF8.self)) + "\n"
}

/// JSON whose strings hold nothing that acts on a terminal: those characters as JSON escapes, so the value is the same.
///
/// - Parameter json: valid, with the characters below U+0020 escaped, as JSON demands.
package func printable(json: String) -> String {
    guard json.unicodeScalars.contains(where: { acts($0, true) }) else { return json }
    return replacing(json) { scalar, _ in
        guard acts(scalar, true) else { return nil }
        // None lies beyond the first plane.
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// A text with another in place of some of its scalars.
///
/// - Parameter replacement: what stands for a scalar; it sees the next one too. Nil keeps the scalar.
func replacing(_ text: String, with replacement: (Unicode.Scalar, _ next: Unicode.Scalar?) -> String?) -> String {
    let scalars = text.unicodeScalars
    var result = String.UnicodeScalarView()
    for index in scalars.indices {
        let next = scalars.index(after: index)
        let other = replacement(scalars[index], next < scalars.endIndex ? scalars[next] : nil)
        // One by one: to append several at once makes room for exactly these, which takes time by the square of all.
        for scalar in other?.unicodeScalars ?? String(scalars[index]).unicodeScalars { result.append(scalar) }
    }
    return String(result)
}

/// Whether a scalar does something to a terminal instead of standing in it: control characters, separators of lines and
/// paragraphs, and the marks that override the direction of writing.
private func acts(_ scalar: Unicode.Scalar, _ keepingLines: Bool) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: !keepingLines
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
}
