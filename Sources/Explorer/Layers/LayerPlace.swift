import Analysis

/// Where the user was in one layer: kept while she looks at another, and in the session.
package struct LayerPlace: Sendable, Hashable {
    package var layer: LayerReference
    /// The interventions; the selected one's concept and ranking are those of Locate.
    package var steering: SteeringList
    /// The units selected on Locate, Units and Map, where any was.
    package var located: InternalUnit?
    package var listed: InternalUnit?
    package var mapped: InternalUnit?
    package var sort: UnitSort
    package var isReversed: Bool
    package var filter: String
    package var coloring: MapColoring

    package init(
        layer: LayerReference, steering: SteeringList = SteeringList(), located: InternalUnit? = nil,
        listed: InternalUnit? = nil, mapped: InternalUnit? = nil, sort: UnitSort = .index, isReversed: Bool = false,
        filter: String = "", coloring: MapColoring = .category
    ) {
        self.layer = layer
        self.steering = steering
        self.located = located
        self.listed = listed
        self.mapped = mapped
        self.sort = sort
        self.isReversed = isReversed
        self.filter = filter
        self.coloring = coloring
    }

    /// The place in a layer that was not looked at yet, coming from this one: the same concept, nothing turned up or
    /// down.
    func carried(to other: LayerReference) -> LayerPlace {
        let active = steering.active
        let entry = SteeringEntry(concept: active.concept, ranking: active.ranking, setSize: active.setSize)
        return LayerPlace(
            layer: other, steering: SteeringList([entry], units: steering.units), sort: sort, isReversed: isReversed,
            coloring: coloring)
    }
}

/// Units are written as they are everywhere: `"located": "norm:17+"`.
extension LayerPlace: Codable {
    private enum CodingKeys: String, CodingKey {
        case layer, steering, located, listed, mapped, sort, filter, coloring
        case isReversed = "reversed"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func unit(_ key: CodingKeys) throws -> InternalUnit? {
            try values.decodeIfPresent(InternalUnit.self, forKey: key)
        }
        self.init(
            layer: try values.decode(LayerReference.self, forKey: .layer),
            steering: try values.decode(SteeringList.self, forKey: .steering),
            located: try unit(.located), listed: try unit(.listed), mapped: try unit(.mapped),
            sort: try values.decode(UnitSort.self, forKey: .sort),
            isReversed: try values.decode(Bool.self, forKey: .isReversed),
            filter: try values.decode(String.self, forKey: .filter),
            coloring: try values.decode(MapColoring.self, forKey: .coloring))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(layer, forKey: .layer)
        try values.encode(steering, forKey: .steering)
        try values.encodeIfPresent(located, forKey: .located)
        try values.encodeIfPresent(listed, forKey: .listed)
        try values.encodeIfPresent(mapped, forKey: .mapped)
        try values.encode(sort, forKey: .sort)
        try values.encode(isReversed, forKey: .isReversed)
        try values.encode(filter, forKey: .filter)
        try values.encode(coloring, forKey: .coloring)
    }
}
