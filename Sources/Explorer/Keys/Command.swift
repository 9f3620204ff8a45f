/// What a key stands for, whatever the key.
public enum Command: Sendable, Hashable {
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
    case exportAs(Int)
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
}

extension Command {
    /// Whether it takes something away or leaves something on the disk, so that it must be meant.
    var isFinal: Bool {
        switch self {
        case .quit, .delete, .deleteIntervention, .exportAs, .writeSession: true
        default: false
        }
    }
}

/// Where a key is in force. A key is looked up in the scopes of the focused panel, first to last.
public enum Scope: String, Sendable, Hashable, CaseIterable {
    case everywhere = "Everywhere"
    case browsing = "Outside text fields"
    case field = "In a text field"
    case list = "In a list"
    case units = "Ranked units"
    case profile = "Unit profile"
    case table = "All units"
    case steering = "Steering"
    case findings = "Findings"
    case map = "Map"
    case changes = "What happened"
    case note = "Writing a note"
    case exporting = "Choosing a format"
    case words = "Classes and prompts"
    case helping = "Help"
    case opening = "Opening a study"
}

/// One line of the key table.
public struct Binding: Sendable, Hashable {
    public let scope: Scope
    public let keys: [Key]
    public let command: Command
    /// One word for the footer; nil keeps it to the help.
    public let label: String?
    /// What it does, for the help overlay and the manual.
    public let help: String

    init(_ scope: Scope, _ keys: [Key], _ command: Command, _ label: String?, _ help: String) {
        self.scope = scope
        self.keys = keys
        self.command = command
        self.label = label
        self.help = help
    }
}
