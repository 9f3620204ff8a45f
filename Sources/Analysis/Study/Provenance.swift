/// What a finding was found by: the concept that a unit was looked for by, and how units were ranked.
package struct Search: Sendable, Hashable {
    /// Nil where the unit was found in the table of all units or on the map.
    package var concept: String?
    /// Of a unit that was looked for, one; of interventions, one each.
    package var rankings: [Ranking]

    package init(concept: String? = nil, rankings: [Ranking] = []) {
        (self.concept, self.rankings) = (concept, rankings)
    }
}

/// What the figures of a finding were made with, as it was when they were kept.
package struct Provenance: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case concept, rankings, method, seed, accuracy, reader, digests }

    package var concept: String?
    package var rankings: [Ranking]
    /// How the neuron encoder was found, and the seed of that.
    package var method: AlignmentMethod
    package var seed: UInt64
    /// Of the target model on the held-out images, 0 to 1; nil where no one says which class an image is.
    package var accuracy: Double?
    package var reader: LayerReader
    /// Of the images, the concept space, the model, the activations and the alignment, by what they are of.
    package var digests: [String: String]

    package init(
        _ search: Search, method: AlignmentMethod, seed: UInt64, accuracy: Double?, reader: LayerReader,
        digests: [String: String]
    ) {
        (concept, rankings) = (search.concept, search.rankings)
        (self.method, self.seed, self.accuracy, self.reader) = (method, seed, accuracy, reader)
        self.digests = digests
    }

    /// `sandal, by contribution against rivals`
    package var searched: String? {
        let names = rankings.map(\.title).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard !names.isEmpty else { return nil }
        return (concept.map { "“\($0)” " } ?? "") + "by " + names.joined(separator: " and ")
    }

    /// `solved` or `trained with seed 0`
    package var encoder: String { method == .closedForm ? "solved, seed \(seed)" : "trained by InfoNCE, seed \(seed)" }
}

extension Finding {
    /// The words of the note that begin with #, without it; each once, in order.
    package var tags: [String] {
        note.split(whereSeparator: \.isWhitespace).filter { $0.count > 1 && $0.first == "#" }
            .map { $0.dropFirst().lowercased() }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
