/// Where a key is in force. A key is looked up in the scopes of the focused panel, first to last.
package enum Scope: String, Sendable, Hashable, CaseIterable {
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
    case layers = "Choosing a layer"
    case conceptSets = "Choosing a concept set"
    case sheet = "Contact sheet"
    case themes = "Choosing a theme"
    case palette = "Palette"
    case helping = "Help"
    case opening = "Opening a study"

    /// Whether it is in force only while something lies over the screen, or before a study is open.
    package var isDialog: Bool {
        switch self {
        case .note, .exporting, .words, .layers, .conceptSets, .sheet, .themes, .palette, .helping, .opening: true
        case .everywhere, .browsing, .field, .list, .units, .profile, .table, .steering, .findings, .map, .changes:
            false
        }
    }
}
