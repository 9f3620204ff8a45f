/// What a key stands for, whatever the key.
package enum Command: Sendable, Hashable {
    case quit, suspend, redraw, cancel
    case show(Screen)
    case focusConcept, nextPanel, previousPanel, enter
    case help, switchTheme, switchMouse
    case edit(TextField.Edit), leaveField
    case move(ListCursor.Move)
    case switchRanking, switchUnits, mark
    case nextSort, reverseSort, focusFilter
    /// Moves the slider by steps, or fine steps.
    case slide(Int, fine: Bool)
    case slideToStart, slideToEnd
    case remove, resetToIdentity, switchOperator
    case resize(by: Int)
    case editNote, delete, undoDelete, export
    /// What of the thing at hand is to be copied.
    case copy
    /// A line of a short list by its place.
    case choose(Int)
    /// Another order of the findings.
    case nextFindingOrder
    case accept
    /// To the nearest unit in a direction on the map: columns and rows.
    case nearestUnit(Int, Int)
    /// Moves the window over the map by quarters of itself.
    case panMap(Int, Int)
    case zoomMap(Int)
    case wholeMap
    /// The next unit, or the one before, of the same group.
    case nextOfGroup(Int)
    case switchColoring, mapAgain
    case addIntervention, deleteIntervention, selectIntervention(by: Int), moveIntervention(by: Int), muteIntervention
    /// Scales the units by this β.
    case preset(Double)
    case undoSteering, redoSteering, showChanges, writeSession
    /// Other classes, and their prompts.
    case editWords
    /// Counts all images, or only until the estimate is sharp.
    case switchPrecision
    /// Puts the unit at hand into the set picked by hand, or takes it out.
    case pick(Bool)
    /// Steers the unit at hand.
    case steerUnit
    /// Back, or forward again, among the places looked at.
    case travel(Int)
    /// An older concept, or a newer one, into the field.
    case recall(Int)
    /// Everything by name.
    case palette
    /// The β that does most for the class within half a point of damage to the others.
    case fit
    /// Goes to what a finding is of, as it was.
    case applyFinding
    /// Images of the unit at hand over the range of its activation.
    case showSheet
    /// The image at hand as the concept.
    case locateImage
    /// Lays heat maps over its images, or takes them away.
    case switchHeat
    /// Covers the neighbour of the place that is covered: columns and rows.
    case cover(Int, Int)
    /// Covers with grey, a blur or the mean colour.
    case switchFilling
    /// Another layer of the study, another concept set.
    case chooseLayer, chooseConceptSet
    /// The tables of an evaluation: brings them up, or puts them away; moves the columns of those that are too wide.
    case evaluate, scrollColumns(Int)
    /// Long work: brings its panel up, or puts it away; a line to type; one more layer; what is under the cursor stopped.
    case work, typeWork, addLayer, stopWork
    /// The form of a new study; the field at hand completed.
    case makeStudy, complete
    /// What the unit at hand moves in later layers.
    case showCircuit
    /// Units like the one at hand, to be seen beside it.
    case compareUnits
    /// The concept at hand beside another, and the layer on show beside the one under the cursor.
    case compareConcepts, compareLayers
    /// Units on the map by a part of what they are.
    case searchMap
    /// Units counted by concept, class or category.
    case frequency
    /// The figures of the table of units: which, in which order.
    case chooseColumns, moveColumn(by: Int), resetColumns
    /// The selected layer, read by a probe head.
    case readByProbeHead

    /// Whether it chooses which units are meant, and does nothing to them.
    var choosesUnits: Bool { self == .switchRanking || self == .switchUnits }

    /// Whether it takes something away or leaves something on the disk, so that it must be meant.
    var isFinal: Bool {
        switch self {
        case .quit, .delete, .deleteIntervention, .writeSession: true
        default: false
        }
    }
}
