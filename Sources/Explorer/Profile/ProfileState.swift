import Analysis

/// The profile of the unit selected on whichever screen.
package struct ProfileState: Sendable {
    package var shown: UnitProfile?
    /// Over its concepts.
    package var cursor = ListCursor()
    /// Images of a unit over the range of its activation, once they were asked for.
    package var sheet: ContactSheet?
    package var heat = HeatState()
    package var cover = CoverState()

    /// Shows a profile; the cursor stays where it is of the same unit, as more of it becomes known.
    mutating func show(_ profile: UnitProfile) {
        if shown?.unit != profile.unit { cursor = ListCursor() }
        shown = profile
    }
}

/// Which image of a contact sheet is selected.
package struct SheetPlace: Sendable, Hashable {
    var strip = 0
    var column = 0
    /// Whether it fills the screen.
    package var isEnlarged = false

    package init() {}

    /// Moves among the strips and their images; never off the sheet.
    mutating func move(_ move: ListCursor.Move, on sheet: ContactSheet) {
        guard !sheet.strips.isEmpty else { return }
        switch move {
        case .up: strip -= 1
        case .down: strip += 1
        case .pageUp: column -= 1
        case .pageDown: column += 1
        case .first: column = 0
        case .last: column = .max
        }
        strip = max(0, min(sheet.strips.count - 1, strip))
        column = max(0, min(sheet.strips[strip].images.count - 1, column))
    }

    func image(on sheet: ContactSheet) -> ActivatingImage? {
        guard sheet.strips.indices.contains(strip), sheet.strips[strip].images.indices.contains(column) else {
            return nil
        }
        return sheet.strips[strip].images[column]
    }
}
