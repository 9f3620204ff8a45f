import Analysis

/// The profile of the unit selected on whichever screen.
public struct ProfileState: Sendable {
    public var shown: UnitProfile?
    /// Over its concepts.
    public var cursor = ListCursor()
}
