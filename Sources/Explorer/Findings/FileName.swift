extension FileToWrite {
    /// The name that is offered, and how the file's name ends.
    var standard: (name: String, endings: [String]) {
        switch self {
        case .units: ("units", ["csv"])
        case .session: ("session", ["json"])
        case .evaluation: ("report", ["md", "json"])
        }
    }

    var title: String {
        switch self {
        case .units(let units, _): "Write the \(counted(units.count, "unit")) shown"
        case .session: "Write the session, for miclip replay"
        case .evaluation: "Write the tables"
        }
    }

    /// What the question lies over, and comes back once it is answered.
    var isAskedForOver: Overlay? {
        if case .evaluation(let offset) = self { .evaluation(offset: offset) } else { nil }
    }
}

extension TextField {
    /// With a text that the first letter typed replaces.
    static func offering(_ text: String) -> TextField {
        var field = TextField(text)
        field.selectAll()
        return field
    }

    /// The name typed, without the ending that it gets.
    func fileName(_ ending: String, or standard: String) -> String {
        var name = text.trimmed
        if name.lowercased().hasSuffix("." + ending) { name.removeLast(ending.count + 1) }
        return name.isEmpty ? standard : name
    }
}

extension State {
    mutating func askName(of file: FileToWrite) {
        overlay = .fileName(.offering(file.standard.name), file)
    }

    mutating func write(_ file: FileToWrite, _ name: TextField) -> [Effect] {
        overlay = file.isAskedForOver
        return [.write(file, name: name.fileName(file.standard.endings[0], or: file.standard.name))]
    }
}

extension Painter {
    mutating func fileNameOverlay(_ name: TextField, _ file: FileToWrite) {
        let inside = overlayBox(file.title, width: 56, height: 5)
        fileField(name, file.standard, in: inside.line(1))
    }

    /// A file's name, beside the endings that it gets.
    mutating func fileField(_ name: TextField, _ standard: (name: String, endings: [String]), in area: Area) {
        var line = area
        let endings = standard.endings.map { ".\($0)" }.joined(separator: " ")
        frame.putRight(endings, in: line.takeRight(displayWidth(of: endings) + 1), style: palette[.dim])
        field(name, label: "File", placeholder: standard.name, in: line, focused: true)
    }
}
