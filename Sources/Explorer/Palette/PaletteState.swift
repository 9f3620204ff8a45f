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

    /// By its name; classes and layers, which are few, by their kind too.
    func score(_ match: FuzzyMatch) -> Int? {
        if let score = match.score(title) { return score }
        switch target {
        case .readOn, .layer: return match.score("\(note) \(title)")
        case .command, .concept, .unit: return nil
        }
    }
}

/// All that can be reached. What units are described by may be many and is looked through only once something is typed.
struct PaletteEntries: Sendable, Equatable {
    var commands: [PaletteEntry]
    var layers: [PaletteEntry]
    /// What was asked for lately, and the names of classes.
    var near: [String]
    var described: [String]
    var classes: [PaletteEntry]

    /// The first of them.
    func prefix(_ count: Int) -> [PaletteEntry] {
        let first = commands + layers + near.map(Self.concept)
        guard first.count < count else { return Array(first.prefix(count)) }
        let known = Set(near)
        let others = described.lazy.filter { !known.contains($0) }.map(Self.concept)
        return Array((first + others.prefix(count - first.count) + classes).prefix(count))
    }

    /// Those that a text fits, the best first.
    func fitting(_ match: FuzzyMatch) -> [PaletteEntry] {
        let known = Set(near)
        let entries = [
            commands + layers + near.map(Self.concept),
            described.lazy.filter { !known.contains($0) && match.score($0) != nil }.map(Self.concept), classes,
        ].joined()
        let scored = entries.enumerated().compactMap { place, entry in
            entry.score(match).map { (score: $0, place: place, entry: entry) }
        }
        return scored.sorted { ($1.score, $0.place) < ($0.score, $1.place) }.map(\.entry)
    }

    private static func concept(_ name: String) -> PaletteEntry {
        PaletteEntry(target: .concept(name), title: name, note: "concept")
    }
}

/// The palette while it is up: what is typed, and what fits.
package struct PaletteState: Sendable, Equatable {
    package var field = TextField()
    package var cursor = ListCursor()
    package internal(set) var shown: [PaletteEntry] = []
    let entries: PaletteEntries

    init(entries: PaletteEntries) { self.entries = entries }

    package var selected: PaletteEntry? { shown.indices.contains(cursor.selected) ? shown[cursor.selected] : nil }
}
