/// `{"kind": "unit", "description": {…}}`, `{"kind": "intervention", "concept": "boot", "target": {…}, …}`,
/// `{"kind": "steering", "concepts": ["boot", "bag"], "target": {…}, …}`
extension Finding.Subject: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, description, concept, concepts, target, intervention, steering, outcome
    }

    private enum Kind: String, Codable { case unit, intervention, steering }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys) throws -> Value { try values.decode(Value.self, forKey: key) }
        switch try value(.kind) as Kind {
        case .unit: self = .unit(try value(.description))
        case .intervention:
            self = .intervention(
                concept: try value(.concept), target: try value(.target), try value(.intervention),
                try value(.outcome))
        case .steering:
            self = .steering(
                concepts: try value(.concepts), target: try value(.target), try value(.steering), try value(.outcome))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .unit(let description):
            try values.encode(Kind.unit, forKey: .kind)
            try values.encode(description, forKey: .description)
        case .intervention(let concept, let target, let intervention, let outcome):
            try values.encode(Kind.intervention, forKey: .kind)
            try values.encode(concept, forKey: .concept)
            try values.encode(target, forKey: .target)
            try values.encode(intervention, forKey: .intervention)
            try values.encode(outcome, forKey: .outcome)
        case .steering(let concepts, let target, let steering, let outcome):
            try values.encode(Kind.steering, forKey: .kind)
            try values.encode(concepts, forKey: .concepts)
            try values.encode(target, forKey: .target)
            try values.encode(steering, forKey: .steering)
            try values.encode(outcome, forKey: .outcome)
        }
    }
}
