/// The words of a line as a shell parts them: at blanks, but for what stands in quotes or behind a backslash. An open quote
/// reaches to the end.
package func shellWords(_ line: String) -> [String] {
    var (words, word, isWord) = ([String](), "", false)
    var quote: Character?
    var isEscaped = false
    for character in line {
        if isEscaped {
            word.append(character)
            isEscaped = false
        } else if let open = quote {
            if character == open {
                quote = nil
            } else if character == "\\", open == "\"" {
                isEscaped = true
            } else {
                word.append(character)
            }
        } else if character == "'" || character == "\"" {
            (quote, isWord) = (character, true)
        } else if character == "\\" {
            (isEscaped, isWord) = (true, true)
        } else if character.isWhitespace {
            if isWord { words.append(word) }
            (word, isWord) = ("", false)
        } else {
            word.append(character)
            isWord = true
        }
    }
    if isWord { words.append(word) }
    return words
}
