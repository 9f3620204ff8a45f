/// A character with the columns it takes.
struct Glyph: Equatable {
    var character: Character
    var width: Int
}

/// The columns a scalar takes in a terminal: 0, 1 or 2, after the East Asian Width and general category of Unicode.
///
/// Our own because the C library's answer depends on the locale. Joined emoji count as their parts, side by side, which
/// is what most terminals (and ncurses) make of them.
package func displayWidth(of scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return scalar.value == 0xAD ? 0 : 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch scalar.value {
    case 0x1160...0x11FF: return 0  // medial and final jamo join the leading one
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
        0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x20000...0x3FFFD:
        return 2
    case 0x1F1E6...0x1F1FF: return 1  // regional indicators: letters, not a flag
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
}

/// The columns a text takes once drawn.
package func displayWidth(of text: String) -> Int {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
    return glyphs(of: text).reduce(0) { $0 + $1.width }
}

/// The text as what cells can hold: a base scalar with its combining marks. Control characters (escape sequences in a
/// file name, say) become U+FFFD; selectors, joiners and direction marks are left out.
func glyphs(of text: String) -> [Glyph] {
    var result: [Glyph] = []
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        if (0x20..<0x7F).contains(scalar.value) {
            result.append(Glyph(character: Character(scalar), width: 1))
            continue
        }
        switch scalar.properties.generalCategory {
        case .control, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator, .privateUse:
            result.append(Glyph(character: "\u{FFFD}", width: 1))
        case .format: break
        default:
            let width = displayWidth(of: scalar)
            if width > 0 {
                result.append(Glyph(character: Character(scalar), width: width))
            } else if let base = result.last?.character, !(0xFE00...0xFE0F).contains(scalar.value) {
                let joined = String(base) + String(scalar)
                // A mark that does not join its base, or a heap of them, would not fit one cell.
                if joined.count == 1, joined.unicodeScalars.count <= 4 {
                    result[result.count - 1].character = Character(joined)
                }
            }
        }
    }
    return result
}

extension String {
    /// The text cut to `width` columns, its end replaced by an ellipsis where something is missing.
    func fitted(to width: Int) -> String {
        guard displayWidth(of: self) > width else { return self }
        guard width > 0 else { return "" }
        var (result, used) = ("", 0)
        for glyph in glyphs(of: self) {
            guard used + glyph.width < width else { break }
            result.append(glyph.character)
            used += glyph.width
        }
        return result + "…"
    }

    /// The text with spaces after it up to `width` columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - displayWidth(of: self)))
    }

    /// The text with spaces before it up to `width` columns.
    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - displayWidth(of: self))) + self
    }
}
