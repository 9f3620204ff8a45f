/// The screens, in the order of their tabs.
package enum Screen: String, Sendable, Hashable, Codable, CaseIterable {
    case locate, units, steer, findings, map

    package var title: String {
        switch self {
        case .locate: "Locate"
        case .units: "Units"
        case .steer: "Steer"
        case .findings: "Findings"
        case .map: "Map"
        }
    }
}

/// What can have the focus.
package enum Panel: Sendable, Hashable {
    case concept, units, profile, filter, table, steering, findings, map
}
