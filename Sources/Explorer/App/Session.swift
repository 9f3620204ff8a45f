import Analysis

/// Where the user was, to come back to at the next start.
package struct Session: Sendable, Hashable {
    package var screen: Screen
    /// Name of the theme; nil where the user chose none.
    package var theme: String?
    /// The layer on show; nil where the user names one at the start.
    package var layer: LayerReference?
    /// The place in every layer that was looked at, in the order of their names.
    package var places: [LayerPlace]
    /// What was asked for last, the newest first: words, and sets of units with their names.
    package var recent: [String]
    /// The figures of the table of units, where they were chosen.
    package var columns: [UnitSort]?

    package init(
        screen: Screen = .locate, theme: String? = nil, layer: LayerReference? = nil, places: [LayerPlace] = [],
        recent: [String] = [], columns: [UnitSort]? = nil
    ) {
        self.screen = screen
        self.theme = theme
        self.layer = layer
        self.places = places
        self.recent = recent
        self.columns = columns
    }
}

/// `{"version": 1, "screen": "steer", "theme": "dark", "layer": {…}, "places": [{…}], "recent": ["boot"]}`
extension Session: StoredFormat {
    package static let version = 1

    private enum CodingKeys: String, CodingKey {
        case version, screen, theme, layer, places, recent, columns
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try Self.check(versionIn: values, .version)
        self.init(
            screen: try values.decode(Screen.self, forKey: .screen),
            theme: try values.decodeIfPresent(String.self, forKey: .theme),
            layer: try values.decodeIfPresent(LayerReference.self, forKey: .layer),
            places: try values.decode([LayerPlace].self, forKey: .places),
            recent: try values.decodeIfPresent([String].self, forKey: .recent) ?? [],
            columns: try values.decodeIfPresent([UnitSort].self, forKey: .columns))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encode(screen, forKey: .screen)
        try values.encodeIfPresent(theme, forKey: .theme)
        try values.encodeIfPresent(layer, forKey: .layer)
        try values.encode(places, forKey: .places)
        try values.encode(recent, forKey: .recent)
        try values.encodeIfPresent(columns, forKey: .columns)
    }
}
