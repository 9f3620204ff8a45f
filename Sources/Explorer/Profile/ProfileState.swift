import Analysis

/// The profile of the unit selected on whichever screen.
package struct ProfileState: Sendable {
    package var shown: UnitProfile?
    /// Over its concepts.
    package var cursor = ListCursor()
}
