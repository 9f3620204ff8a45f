import Analysis
import Foundation

extension InterventionTable {
    /// What the tests come to, in a few sentences for each kind of units: what the reference is ahead of, and what the
    /// controls take away from it.
    package var summary: [String] {
        let tests = tests
        return references.sorted { $0.key.rawValue > $1.key.rawValue }.flatMap { kind, reference -> [String] in
            let own = tests.filter { $0.kind == kind && $0.pairs == .classes }
            let sizes = Set(own.map(\.units)).sorted()
            guard !own.isEmpty else { return [] }
            return [
                Self.comparison(reference, kind, own.filter { $0.otherRole != .control }, sizes, classes),
                controls(reference, kind, own.filter { $0.otherRole == .control }, sizes),
            ].compactMap { $0 }
        }
    }

    /// `neurons: contribution moves its class more than act-values at every τ, than cosine at τ = 20; not more than …`
    private static func comparison(
        _ reference: UnitSetMethod, _ kind: UnitKind, _ tests: [InterventionTest], _ sizes: [Int], _ classes: Int
    ) -> String? {
        guard !tests.isEmpty else { return nil }
        var (ahead, behind): ([String], [String]) = ([], [])
        for (method, own) in tests.grouped(by: \.other) {
            let won = own.filter(\.isAhead).map(\.units).sorted()
            if won == sizes {
                ahead.append("\(method)")
            } else if won.isEmpty {
                behind.append("\(method)")
            } else {
                ahead.append("\(method) (τ = \(won.map(String.init).joined(separator: ", ")) only)")
            }
        }
        let sentence =
            ahead.isEmpty
            ? "\(reference) is ahead of no other method"
            : "\(reference) moves its class more than \(ahead.joined(separator: ", "))"
        return "\(kind.rawValue)s: \(sentence)"
            + (behind.isEmpty || ahead.isEmpty ? "" : "; not more than \(behind.joined(separator: ", "))")
            + " (one-tailed paired t over \(classes) classes, p < 0.05 by Holm)."
    }

    /// What share of the effect each control reaches, and what follows.
    private func controls(
        _ reference: UnitSetMethod, _ kind: UnitKind, _ tests: [InterventionTest], _ sizes: [Int]
    ) -> String? {
        let effects = effects(of: kind)
        let names = tests.grouped(by: \.other).map(\.0)
        guard !names.isEmpty else { return nil }
        func effect(_ method: UnitSetMethod, _ units: Int) -> Double {
            effects.first { $0.method == method && $0.units == units }?.mean ?? 0
        }
        let shares = names.map { name -> String in
            let reached = sizes.map { 100 * effect(name, $0) / effect(reference, $0) }
            return "\(name) \(reached.map { String(format: "%.0f", $0) }.joined(separator: ", ")) %"
        }
        let level = tests.filter { !$0.isAhead }.grouped(by: \.other).map { "\($0.0)" }
        let conclusion =
            level.isEmpty
            ? "It is ahead of every control at some set size"
                + (tests.allSatisfy(\.isAhead) ? ", and at every one." : ".")
            : "It is not ahead of \(level.joined(separator: ", ")) at every set size: what such a control reaches is no "
                + "sign that the concept vectors matter."
        return "\(kind.rawValue)s, controls at τ = \(sizes.map(String.init).joined(separator: ", ")), as a share of "
            + "\(reference)'s effect: \(shares.joined(separator: "; ")). \(conclusion)"
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
