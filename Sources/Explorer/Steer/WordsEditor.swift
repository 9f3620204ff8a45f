import Analysis

/// Classes and the prompts they are put into, a line each, one of them under the cursor.
package struct WordsEditor: Sendable, Equatable {
    enum Line: Sendable, Equatable { case prompt, name }

    /// Prompts, then names; a blank line behind each takes a new one.
    private(set) var lines: [(kind: Line, text: String)]
    private(set) var selected: Int
    /// The selected line.
    package var field: TextField
    /// Why the words cannot be counted on.
    var problem: String?

    package init(_ words: ClassWords) {
        lines = words.templates.map { (.prompt, $0) } + [(.prompt, "")]
        selected = lines.count
        lines += words.lines.map { (.name, $0) } + [(.name, "")]
        field = TextField(lines[selected].text)
    }

    /// The words, or what is wrong with them.
    package var words: Result<ClassWords, Problem> {
        var editor = self
        editor.settle()
        let prompts = editor.lines.filter { $0.kind == .prompt && !$0.text.isEmpty }.map(\.text)
        let names = editor.lines.filter { $0.kind == .name }.dropLast().map(\.text)
        if let bad = prompts.first(where: { !$0.contains("{}") }) {
            return .failure(Problem(text: "“\(bad)” has no {} for the name"))
        }
        // The place of a name says which label it stands for.
        if let blank = names.firstIndex(of: "") { return .failure(Problem(text: "Class \(blank + 1) has no name")) }
        guard !names.isEmpty else { return .failure(Problem(text: "No classes")) }
        return .success(ClassWords(lines: names, templates: prompts.isEmpty ? ["{}"] : prompts))
    }

    package struct Problem: Error { package var text: String }

    package mutating func move(_ move: ListCursor.Move) {
        settle()
        let first = lines.firstIndex { $0.kind == .name } ?? 0
        switch move {
        case .up: selected = max(0, selected - 1)
        case .down: selected = min(lines.count - 1, selected + 1)
        case .pageUp, .first: selected = selected > first ? first : 0
        case .pageDown, .last: selected = selected < first ? first : lines.count - 1
        }
        field = TextField(lines[selected].text)
    }

    /// Lines of text take the places of the selected line and those below, as far as they are of its kind, and beyond.
    package mutating func paste(_ text: String) {
        let pasted = text.split(whereSeparator: \.isNewline).map(String.init)
        guard pasted.count > 1 else { return field.insert(text) }
        let kind = lines[selected].kind
        for (index, line) in pasted.enumerated() {
            field = TextField(line.trimmed)
            settle()
            guard index + 1 < pasted.count else { break }
            if selected + 1 < lines.count, lines[selected + 1].kind == kind { selected += 1 }
        }
        field = TextField(lines[selected].text)
    }

    /// Takes the field's text into its line, and makes room behind the last.
    private mutating func settle() {
        problem = nil
        let kind = lines[selected].kind
        lines[selected].text = field.text.trimmed
        if let last = lines.lastIndex(where: { $0.kind == kind }), !lines[last].text.isEmpty {
            lines.insert((kind, ""), at: last + 1)
        }
    }

    package static func == (a: WordsEditor, b: WordsEditor) -> Bool {
        a.selected == b.selected && a.field == b.field && a.problem == b.problem
            && a.lines.elementsEqual(b.lines) { $0 == $1 }
    }
}
