import Analysis

/// In what order findings are shown.
package enum FindingOrder: String, Sendable, Hashable, CaseIterable {
    case age, change, title, layer

    /// Behind "by".
    var name: String {
        switch self {
        case .age: "age, oldest first"
        case .change: "∆Acc, largest first"
        case .title: "name"
        case .layer: "layer"
        }
    }

    /// Positions of findings in this order; those alike stay in the order in which they were marked.
    func sorted(_ findings: [Finding]) -> [Int] {
        switch self {
        case .age: return Array(findings.indices)
        case .change:
            let sizes = findings.map { $0.subject.change.map(abs) ?? -1 }
            return findings.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
        case .title:
            let titles = findings.map { $0.subject.title.lowercased() }
            return findings.indices.sorted { (titles[$0], $0) < (titles[$1], $1) }
        case .layer:
            let layers = findings.map { $0.origin.map { "\($0.model) \($0.layer)" } ?? "" }
            return findings.indices.sorted { (layers[$0], $0) < (layers[$1], $1) }
        }
    }
}

extension Finding {
    /// Whether it has a word of the filter: `#check` a tag or its beginning, `boot` a part of what it is of, of its note, its
    /// layer or its units, `~boot` no such part.
    func matches(_ word: Substring) -> Bool {
        if word.hasPrefix("~") { return word.count == 1 || !matches(word.dropFirst()) }
        if word.hasPrefix("#") { return tags.contains { $0.hasPrefix(word.dropFirst()) } }
        return text.contains(word)
    }

    private var text: String {
        let of: String =
            switch subject {
            case .unit(let description):
                description.concepts.map(\.concept).joined(separator: " ") + " " + description.unit.description
            case .intervention(_, let target, let intervention, _):
                target.name + " " + intervention.units.map(\.description).joined(separator: " ")
            case .steering(_, let target, let steering, _):
                target.name + " " + steering.interventions.flatMap(\.units).map(\.description).joined(separator: " ")
            }
        return [subject.title, of, note, origin.map { "\($0.model) \($0.layer)" } ?? ""].joined(separator: " ")
            .lowercased()
    }
}
