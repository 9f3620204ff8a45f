/// The nearest ASCII to the characters the explorer draws, for terminals in a locale without UTF-8.
package func transliterated(_ character: Character) -> Character {
    if character.isASCII { return character }
    if let known = substitutes[character] { return known }
    guard let scalar = character.unicodeScalars.first else { return "?" }
    switch scalar.value {
    case 0x2801...0x28FF: return ":"
    case 0x2581...0x2584: return "."
    case 0x2585...0x2588: return "#"
    case 0x2589...0x258D: return "#"
    case 0x258E...0x258F: return "|"
    default: break
    }
    // é as e: the base letter without its marks, where it has one.
    let name = scalar.properties.name ?? ""
    let words = name.split(separator: " ")
    if words.count > 3, words[0] == "LATIN", words[2] == "LETTER", words[3].count == 1, let letter = words[3].first {
        return words[1] == "SMALL" ? Character(letter.lowercased()) : letter
    }
    return "?"
}

private let substitutes: [Character: Character] = [
    "─": "-", "━": "=", "╸": "-", "✓": "+", "✗": "x", "▘": " ", "▝": " ", "▖": " ", "▗": " ", "▌": " ", "▐": " ",
    "▞": " ",
    "▚": " ", "▛": " ", "▜": " ", "▙": " ", "▟": " ", "◉": "O", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
    "…": "~", "−": "-", "–": "-", "·": "|",
    "▸": ">", "▲": "^", "▼": "v", "●": "O", "○": "o", "★": "*", "▎": "|", "▀": " ", "░": ".", "▒": ":", "▓": "%",
    "↑": "^", "↓": "v", "←": "<", "→": ">", "“": "\"", "”": "\"", "β": "b", "τ": "t", "∆": "d", "×": "x",
    "\u{2800}": " ",
]
