import Analysis

/// The profile of the unit selected on whichever screen.
package struct ProfileState: Sendable {
    package var shown: UnitProfile?
    /// Over its concepts.
    package var cursor = ListCursor()

    /// Shows a profile; the cursor stays where it is of the same unit, as more of it becomes known.
    mutating func show(_ profile: UnitProfile) {
        if shown?.unit != profile.unit { cursor = ListCursor() }
        shown = profile
    }
}
