import Analysis
import Foundation

extension InterventionTable {
    /// What the tests come to, in a few sentences for each kind of units: what the reference is ahead of, over classes and
    /// over seeds, and what the controls take away from it.
    package var summary: [String] {
        let tests = tests
        return references.sorted { $0.key.rawValue > $1.key.rawValue }.flatMap { kind, reference -> [String] in
            let own = tests.filter { $0.kind == kind }
            guard !own.isEmpty else { return [] }
            let pairings = own.grouped(by: \.pairs).map(\.1)
            let compared = pairings.compactMap { Self.comparison($0.filter { $0.otherRole != .control }) }
            let controlled = pairings.compactMap { Self.comparison($0.filter { $0.otherRole == .control }) }
            var sentences = compared.isEmpty ? [] : [sentence(kind, "\(reference) moves its class", compared)]
            if !controlled.isEmpty {
                sentences += [
                    shares(of: kind, against: reference, own.filter { $0.otherRole == .control }),
                    sentence(kind, "\(reference) moves its class", controlled),
                ]
            }
            return sentences
        }
    }

    private func sentence(_ kind: UnitKind, _ subject: String, _ parts: [String]) -> String {
        "\(kind.rawValue)s: \(subject) \(parts.joined(separator: "; ")) (one-tailed paired t, p < 0.05 by Holm)."
    }

    /// `over 10 classes, more than act-values, than cosine (τ = 20 only), not more than clip-dissect`
    private static func comparison(_ tests: [InterventionTest]) -> String? {
        guard let first = tests.first else { return nil }
        let sizes = Set(tests.map(\.units)).sorted()
        var (ahead, level): ([String], [String]) = ([], [])
        for (method, own) in tests.grouped(by: \.other) {
            let won = own.filter(\.isAhead).map(\.units).sorted()
            if won.isEmpty {
                level.append("\(method)")
            } else {
                let only = won == sizes ? "" : " (τ = \(won.map(String.init).joined(separator: ", ")) only)"
                ahead.append("\(method)\(only)")
            }
        }
        let parts = [
            ahead.isEmpty ? nil : "more than \(ahead.joined(separator: ", "))",
            level.isEmpty ? nil : "not more than \(level.joined(separator: ", "))",
        ].compactMap { $0 }
        return "over \(first.test.count) \(first.pairs.rawValue), \(parts.joined(separator: ", "))"
    }

    /// What share of the effect each control reaches.
    private func shares(of kind: UnitKind, against reference: UnitSetMethod, _ tests: [InterventionTest]) -> String {
        let effects = effects(of: kind)
        let sizes = Set(tests.map(\.units)).sorted()
        func effect(_ method: UnitSetMethod, _ units: Int) -> Double {
            effects.first { $0.method == method && $0.units == units }?.mean ?? 0
        }
        let shares = tests.grouped(by: \.other).map(\.0).map { name -> String in
            let reached = sizes.map { 100 * effect(name, $0) / effect(reference, $0) }
            return "\(name) \(reached.map { number($0, 0) }.joined(separator: ", ")) %"
        }
        return
            "\(kind.rawValue)s: of \(reference)'s effect at τ = \(sizes.map(String.init).joined(separator: ", ")) the "
            + "controls reach: \(shares.joined(separator: "; ")). What a control reaches is no sign that the concept "
            + "vectors matter."
    }
}

extension Array {
    /// The elements of each key, keys in the order of their first element.
    func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(Key, [Element])] {
        var places: [Key: Int] = [:]
        var groups: [(Key, [Element])] = []
        for element in self {
            let key = key(element)
            if let place = places[key] {
                groups[place].1.append(element)
            } else {
                places[key] = groups.count
                groups.append((key, [element]))
            }
        }
        return groups
    }
}
