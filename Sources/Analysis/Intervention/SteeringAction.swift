/// One change to a list of interventions; entries are counted from 0.
package enum SteeringAction: Sendable, Hashable {
    case insert(SteeringEntry, entry: Int)
    case remove(entry: Int)
    case exchange(entry: Int, with: Int)
    case select(entry: Int)
    case concept(String, entry: Int)
    case ranking(Ranking, entry: Int)
    case size(Int, entry: Int)
    case `operator`(Operator, entry: Int)
    case scale(to: Double, entry: Int)
    case add(to: Double, entry: Int)
    case mute(Bool, entry: Int)
    case steer(UnitKind)
    case count(on: ClassWords?)
}

/// `{"action": "scale", "entry": 0, "beta": 1.5}`; what else there is depends on the action.
extension SteeringAction: Codable {
    private enum CodingKeys: String, CodingKey {
        case action, entry, with, intervention, concept, ranking, top, `operator`, beta, muted, units, words
    }

    private enum Name: String, Codable {
        case insert, remove, exchange, select, concept, ranking, size, `operator`, scale, add, mute, steer, count
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value { try values.decode(Value.self, forKey: key) }
        switch try value(.action) as Name {
        case .insert: self = .insert(try value(.intervention), entry: try value(.entry))
        case .remove: self = .remove(entry: try value(.entry))
        case .exchange: self = .exchange(entry: try value(.entry), with: try value(.with))
        case .select: self = .select(entry: try value(.entry))
        case .concept: self = .concept(try value(.concept), entry: try value(.entry))
        case .ranking: self = .ranking(try value(.ranking), entry: try value(.entry))
        case .size: self = .size(try value(.top), entry: try value(.entry))
        case .operator: self = .operator(try value(.operator), entry: try value(.entry))
        case .scale: self = .scale(to: try value(.beta), entry: try value(.entry))
        case .add: self = .add(to: try value(.beta), entry: try value(.entry))
        case .mute: self = .mute(try value(.muted), entry: try value(.entry))
        case .steer: self = .steer(try value(.units))
        case .count: self = .count(on: try values.decodeIfPresent(ClassWords.self, forKey: .words))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        func put(_ name: Name, _ entry: Int? = nil) throws {
            try values.encode(name, forKey: .action)
            try values.encodeIfPresent(entry, forKey: .entry)
        }
        switch self {
        case .insert(let intervention, let entry):
            try put(.insert, entry)
            try values.encode(intervention, forKey: .intervention)
        case .remove(let entry): try put(.remove, entry)
        case .exchange(let entry, let other):
            try put(.exchange, entry)
            try values.encode(other, forKey: .with)
        case .select(let entry): try put(.select, entry)
        case .concept(let concept, let entry):
            try put(.concept, entry)
            try values.encode(concept, forKey: .concept)
        case .ranking(let ranking, let entry):
            try put(.ranking, entry)
            try values.encode(ranking, forKey: .ranking)
        case .size(let size, let entry):
            try put(.size, entry)
            try values.encode(size, forKey: .top)
        case .operator(let kind, let entry):
            try put(.operator, entry)
            try values.encode(kind, forKey: .operator)
        case .scale(let beta, let entry):
            try put(.scale, entry)
            try values.encode(beta, forKey: .beta)
        case .add(let beta, let entry):
            try put(.add, entry)
            try values.encode(beta, forKey: .beta)
        case .mute(let isMuted, let entry):
            try put(.mute, entry)
            try values.encode(isMuted, forKey: .muted)
        case .steer(let units):
            try put(.steer)
            try values.encode(units, forKey: .units)
        case .count(let words):
            try put(.count)
            try values.encodeIfPresent(words, forKey: .words)
        }
    }
}
