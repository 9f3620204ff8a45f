import Analysis

/// What can be reached by name.
package struct PaletteEntry: Sendable, Equatable {
    enum Target: Sendable, Equatable {
        case command(Command)
        case concept(String)
        /// The class that accuracy is read on.
        case readOn(String)
        case unit(InternalUnit)
        case layer(Int)
    }

    var target: Target
    var title: String
    /// What kind of thing it is, or the key that does the same.
    var note: String
}

/// The palette while it is up: what is typed, and what fits.
package struct PaletteState: Sendable, Equatable {
    package var field = TextField()
    package var cursor = ListCursor()
    package internal(set) var shown: [PaletteEntry] = []
    let all: [PaletteEntry]

    init(_ all: [PaletteEntry]) { self.all = all }

    package var selected: PaletteEntry? { shown.indices.contains(cursor.selected) ? shown[cursor.selected] : nil }
}
