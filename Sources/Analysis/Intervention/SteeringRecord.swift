/// A session of steering: where it began, what was done, and what came of it. Replaying it gives the same figures.
package struct SteeringRecord: Sendable, Hashable {
    /// The layer it was steered in; nil where that was not kept.
    package var layer: LayerReference?
    package var start: SteeringList
    package var actions: [SteeringAction]
    /// The class accuracy was read on.
    package var target: String
    /// What stood on the screen at the end.
    package var outcome: InterventionOutcome?

    package init(
        layer: LayerReference? = nil, start: SteeringList, actions: [SteeringAction] = [], target: String = "",
        outcome: InterventionOutcome? = nil
    ) {
        self.layer = layer
        self.start = start
        self.actions = actions
        self.target = target
        self.outcome = outcome
    }

    /// The list after all actions.
    package var end: SteeringList { actions.reduce(into: start) { $0.apply($1) } }
}

/// `{"version": 1, "layer": {…}, "start": {…}, "actions": [{…}], "target": "boot", "outcome": {…}}`
extension SteeringRecord: StoredFormat {
    package static let version = 1

    private enum CodingKeys: String, CodingKey {
        case version, layer, start, actions, target, outcome
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try Self.check(versionIn: values, .version)
        self.init(
            layer: try values.decodeIfPresent(LayerReference.self, forKey: .layer),
            start: try values.decode(SteeringList.self, forKey: .start),
            actions: try values.decode([SteeringAction].self, forKey: .actions),
            target: try values.decode(String.self, forKey: .target),
            outcome: try values.decodeIfPresent(InterventionOutcome.self, forKey: .outcome))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encodeIfPresent(layer, forKey: .layer)
        try values.encode(start, forKey: .start)
        try values.encode(actions, forKey: .actions)
        try values.encode(target, forKey: .target)
        try values.encodeIfPresent(outcome, forKey: .outcome)
    }
}
