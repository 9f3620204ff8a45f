/// One line of a list of interventions: a concept whose best units are scaled or shifted.
package struct SteeringEntry: Sendable, Hashable, Codable {
    package var concept: String
    package var ranking: Ranking
    /// τ: the best so many units of the concept.
    package var setSize: Int
    package var `operator`: Operator
    /// Each operator keeps its own β.
    package var scalingBeta: Double
    package var addingBeta: Double
    /// A muted line does nothing.
    package var isMuted: Bool

    package init(
        concept: String = "", ranking: Ranking = .standard, setSize: Int = 10, operator: Operator = .scaling,
        scalingBeta: Double = 1, addingBeta: Double = 0, isMuted: Bool = false
    ) {
        self.concept = concept
        self.ranking = ranking
        self.setSize = setSize
        self.operator = `operator`
        self.scalingBeta = scalingBeta
        self.addingBeta = addingBeta
        self.isMuted = isMuted
    }

    /// β of the operator in force.
    package var beta: Double {
        get { self.operator == .scaling ? scalingBeta : addingBeta }
        set { if self.operator == .scaling { scalingBeta = newValue } else { addingBeta = newValue } }
    }

    /// The intervention on the best units of what was located; none while it is muted.
    package func intervention(on ranked: [RankedUnit]) -> Intervention {
        Intervention(
            units: isMuted ? [] : ranked.prefix(setSize).map(\.unit), operator: self.operator, beta: beta)
    }
}

/// Interventions in the order they act, one of them selected: it moves while the others hold.
package struct SteeringList: Sendable, Hashable, Codable {
    /// Never empty.
    package private(set) var entries: [SteeringEntry]
    package private(set) var selected: Int
    /// What is steered.
    package var units: UnitKind
    /// Words for the classes that accuracy is counted on; nil for the study's own.
    package var words: ClassWords?

    package init(
        _ entries: [SteeringEntry] = [SteeringEntry()], selected: Int = 0, units: UnitKind = .neuron,
        words: ClassWords? = nil
    ) {
        precondition(entries.indices.contains(selected))
        self.entries = entries
        self.selected = selected
        self.units = units
        self.words = words
    }

    package var active: SteeringEntry {
        get { entries[selected] }
        set { entries[selected] = newValue }
    }

    /// Carries out an action; one that names a line that is not there changes nothing.
    package mutating func apply(_ action: SteeringAction) {
        switch action {
        case .insert(let entry, let position):
            guard (0...entries.count).contains(position) else { return }
            entries.insert(entry, at: position)
            if position <= selected { selected += 1 }
        case .remove(let position):
            guard entries.count > 1, entries.indices.contains(position) else { return }
            entries.remove(at: position)
            if position < selected || selected == entries.count { selected -= 1 }
        case .exchange(let one, let other):
            guard entries.indices.contains(one), entries.indices.contains(other) else { return }
            entries.swapAt(one, other)
        case .select(let position):
            if entries.indices.contains(position) { selected = position }
        case .concept(let concept, let position): edit(position) { $0.concept = concept }
        case .ranking(let ranking, let position): edit(position) { $0.ranking = ranking }
        case .size(let size, let position): edit(position) { $0.setSize = max(1, size) }
        case .operator(let kind, let position): edit(position) { $0.operator = kind }
        case .scale(let beta, let position): edit(position) { $0.scalingBeta = beta }
        case .add(let beta, let position): edit(position) { $0.addingBeta = beta }
        case .mute(let isMuted, let position): edit(position) { $0.isMuted = isMuted }
        case .steer(let units): self.units = units
        case .count(on: let words): self.words = words
        }
    }

    private mutating func edit(_ position: Int, _ change: (inout SteeringEntry) -> Void) {
        if entries.indices.contains(position) { change(&entries[position]) }
    }

    /// Actions that make `other` of this list: as a rule one.
    package func actions(to other: SteeringList) -> [SteeringAction] {
        var list = self
        var actions: [SteeringAction] = []
        func take(_ action: SteeringAction) {
            actions.append(action)
            list.apply(action)
        }
        while list.entries.count > other.entries.count {
            let position = zip(list.entries, other.entries).enumerated().first { $1.0 != $1.1 }?.offset
            take(.remove(entry: position ?? other.entries.count))
        }
        while list.entries.count < other.entries.count {
            let position =
                zip(list.entries, other.entries).enumerated().first { $1.0 != $1.1 }?.offset
                ?? list.entries.count
            take(.insert(other.entries[position], entry: position))
        }
        let unequal = list.entries.indices.filter { list.entries[$0] != other.entries[$0] }
        if unequal.count == 2, list.entries[unequal[0]] == other.entries[unequal[1]],
            list.entries[unequal[1]] == other.entries[unequal[0]]
        {
            take(.exchange(entry: unequal[0], with: unequal[1]))
        }
        for position in list.entries.indices {
            let (was, now) = (list.entries[position], other.entries[position])
            if was.concept != now.concept { take(.concept(now.concept, entry: position)) }
            if was.ranking != now.ranking { take(.ranking(now.ranking, entry: position)) }
            if was.setSize != now.setSize { take(.size(now.setSize, entry: position)) }
            if was.operator != now.operator { take(.operator(now.operator, entry: position)) }
            if was.scalingBeta != now.scalingBeta { take(.scale(to: now.scalingBeta, entry: position)) }
            if was.addingBeta != now.addingBeta { take(.add(to: now.addingBeta, entry: position)) }
            if was.isMuted != now.isMuted { take(.mute(now.isMuted, entry: position)) }
        }
        if list.selected != other.selected { take(.select(entry: other.selected)) }
        if list.units != other.units { take(.steer(other.units)) }
        if list.words != other.words { take(.count(on: other.words)) }
        return actions
    }
}

/// `{"entries": [{"concept": "boot", …}], "selected": 0, "units": "neuron", "words": {…}}`
extension SteeringList {
    private enum CodingKeys: String, CodingKey {
        case entries, selected, units, words
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let entries = try values.decode([SteeringEntry].self, forKey: .entries)
        let selected = try values.decode(Int.self, forKey: .selected)
        guard entries.indices.contains(selected) else {
            throw DecodingError.dataCorruptedError(
                forKey: .selected, in: values, debugDescription: "no entry \(selected) of \(entries.count)")
        }
        self.init(
            entries, selected: selected, units: try values.decode(UnitKind.self, forKey: .units),
            words: try values.decodeIfPresent(ClassWords.self, forKey: .words))
    }
}

extension SteeringEntry {
    private enum CodingKeys: String, CodingKey {
        case concept, ranking, scalingBeta, addingBeta, `operator`
        case setSize = "top"
        case isMuted = "muted"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let setSize = try values.decode(Int.self, forKey: .setSize)
        guard setSize >= 1 else {
            throw DecodingError.dataCorruptedError(
                forKey: .setSize, in: values, debugDescription: "\(setSize) units, expected one or more")
        }
        self.init(
            concept: try values.decode(String.self, forKey: .concept),
            ranking: try values.decode(Ranking.self, forKey: .ranking), setSize: setSize,
            operator: try values.decode(Operator.self, forKey: .operator),
            scalingBeta: try values.decode(Double.self, forKey: .scalingBeta),
            addingBeta: try values.decode(Double.self, forKey: .addingBeta),
            isMuted: try values.decode(Bool.self, forKey: .isMuted))
    }
}
