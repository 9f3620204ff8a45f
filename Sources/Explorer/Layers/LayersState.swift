import Analysis

/// Which layer and which concept set are wanted, and the places in other layers.
package struct LayersState: Sendable {
    /// Chosen and not there yet; the layer on show stays until it is.
    package var wanted: LayerReference? { didSet { wantedList = nil } }
    /// The list that lay over its screen, to be up again when it is there.
    var wantedList: Overlay?
    /// How far opening it has come.
    var progress: WorkProgress?
    /// Name of the concept set that is chosen and not there yet.
    package var wantedSet: String?
    /// Where the user was in layers that are not on show.
    var places: [LayerReference: LayerPlace] = [:]
}
