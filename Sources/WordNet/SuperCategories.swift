import Files
import Foundation

/// Concepts sorted into a few broad categories: by WordNet, or by a labels file.
package struct SuperCategories: Sendable {
    private enum Source: Sendable {
        case wordNet(WordNet, [WordNet.Synset: String])
        case labels([String: String])
    }

    private let source: Source

    /// The category of what no other takes.
    package static let other = "other"
    /// The category of a word that is mostly an adjective: `dark`, `striped`.
    package static let attribute = "attribute"

    /// The super-categories, each with the WordNet nouns (`lemma#sense` of WordNet 3.0) whose kinds it takes.
    ///
    /// A concept belongs to the nearest of these among its hypernyms. The paper names mammal, tool and vehicle and leaves the
    /// list open; this one is ours.
    static let wordNetList: [(name: String, nouns: [String])] = [
        ("mammal", ["mammal#1"]), ("bird", ["bird#1"]), ("reptile", ["reptile#1"]), ("amphibian", ["amphibian#3"]),
        ("fish", ["fish#1"]), ("insect", ["arthropod#1"]), ("animal", ["animal#1"]), ("person", ["person#1"]),
        ("plant", ["plant#2", "plant_part#1"]), ("fungus", ["fungus#1"]), ("body part", ["body_part#1"]),
        ("food", ["food#1", "food#2"]), ("drink", ["beverage#1"]),
        ("footwear", ["footwear#1", "footwear#2"]), ("clothing", ["clothing#1"]),
        ("fabric", ["fabric#1", "fiber#1", "leather#1"]), ("fastener", ["fastener#2"]),
        ("vehicle", ["vehicle#1"]), ("weapon", ["weapon#1"]), ("tool", ["tool#1"]),
        ("musical instrument", ["musical_instrument#1"]), ("device", ["device#1"]), ("container", ["container#1"]),
        ("furniture", ["furniture#1"]), ("building", ["building#1"]), ("structure", ["structure#1"]),
        ("artifact", ["artifact#1"]), ("landscape", ["geological_formation#1", "body_of_water#1"]),
        ("place", ["location#1"]),
        ("material", ["substance#1"]), ("colour", ["color#1"]), ("shape", ["shape#1", "shape#2"]),
        ("pattern", ["design#4", "texture#1"]), ("activity", ["act#2", "event#1"]),
        ("attribute", ["attribute#2"]),
    ]

    /// By WordNet.
    package init(_ wordNet: WordNet) {
        var synsets: [WordNet.Synset: String] = [:]
        for (name, nouns) in Self.wordNetList {
            for noun in nouns {
                let parts = noun.split(separator: "#")
                let senses = wordNet.senses(of: String(parts[0]))
                if let sense = Int(parts[1]), senses.indices.contains(sense - 1) { synsets[senses[sense - 1]] = name }
            }
        }
        source = .wordNet(wordNet, synsets)
    }

    /// By a labels file: UTF-8 text, `concept<TAB>category` on each line; blank lines and lines that begin with `#` are
    /// skipped. Concepts are compared but for case.
    package init(labels url: URL) throws(FileError) {
        var labels: [String: String] = [:]
        let list = try TextList(url)
        for entry in list.entries {
            let parts = entry.text.split(separator: "\t", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, !parts.contains("") else {
                throw list.fault(entry, expected: "a concept, a tab and its category")
            }
            labels[parts[0].lowercased()] = parts[1]
        }
        source = .labels(labels)
    }

    /// The category of a concept by itself; `other` for what has none.
    ///
    /// A phrase that WordNet does not know is read by its tail, as English compounds are: `dark ankle boot` as `ankle
    /// boot`, then `boot`. Of the noun its first, most frequent, sense counts.
    package func category(of concept: String) throws(FileError) -> String {
        try candidates(of: concept).first ?? Self.other
    }

    /// The categories of concepts that stand in one set, and so speak of the same things: a `jumper` among clothes is none
    /// who jumps.
    ///
    /// Of a noun's senses counts the one of greatest votes / rank: votes are the concepts of the set whose first sense has
    /// its category; senses are sorted by frequency, which falls about as 1 / rank. Images and embeddings have no say.
    package func categories(of concepts: [String]) throws(FileError) -> [String: String] {
        var all: [String: [String]] = [:]
        for concept in concepts { all[concept] = try candidates(of: concept) }
        var votes: [String: Int] = [:]
        for candidates in all.values { votes[candidates.first ?? Self.other, default: 0] += 1 }
        return all.mapValues { candidates in
            func weight(_ rank: Int) -> Double { Double(votes[candidates[rank]] ?? 0) / Double(rank + 1) }
            return candidates.indices.max { weight($0) < weight($1) }.map { candidates[$0] } ?? Self.other
        }
    }

    /// The category of each sense of a concept, most frequent first; none for what WordNet does not know.
    private func candidates(of concept: String) throws(FileError) -> [String] {
        switch source {
        case .labels(let labels): return [labels[concept.lowercased()] ?? Self.other]
        case .wordNet(let wordNet, let synsets):
            let words = concept.split(whereSeparator: \.isWhitespace)
            if words.count == 1, wordNet.isMostlyAdjective(concept) { return [Self.attribute] }
            for start in words.indices {
                let senses = wordNet.senses(of: words[start...].joined(separator: " "))
                guard !senses.isEmpty else { continue }
                var categories: [String] = []
                for sense in senses { categories.append(try Self.category(of: sense, wordNet, synsets)) }
                return categories
            }
            return []
        }
    }

    /// The nearest listed synset at or above `sense`, level by level in the order of WordNet's pointers.
    private static func category(
        of sense: WordNet.Synset, _ wordNet: WordNet, _ synsets: [WordNet.Synset: String]
    ) throws(FileError) -> String {
        var (level, seen) = ([sense], Set([sense]))
        while !level.isEmpty {
            var next: [WordNet.Synset] = []
            for synset in level {
                if let name = synsets[synset] { return name }
                next += try wordNet.hypernyms(of: synset).filter { seen.insert($0).inserted }
            }
            level = next
        }
        return other
    }
}
