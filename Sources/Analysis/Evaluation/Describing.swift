import LinearAlgebra

/// A way to describe units, and the concept that it gives each of them.
package struct UnitDescriptions: Sendable, Codable {
    package let method: UnitSetMethod
    /// One of the set for each unit; nil for a unit that the method says nothing of.
    package let concepts: [String?]
    package let isControl: Bool
    /// Whether it is drawn or trained by a seed.
    package let isSeeded: Bool

    package init(_ method: UnitSetMethod, _ concepts: [String?], isControl: Bool = false, isSeeded: Bool = false) {
        (self.method, self.concepts, self.isControl, self.isSeeded) = (method, concepts, isControl, isSeeded)
    }
}

extension UnitSetMethod {
    /// The nearest concept to a unit's embedding: the paper's description.
    package static let description = Self(rawValue: "miclip")
    /// The same by the paper's trained encoder, beside one that was solved.
    package static let trainedDescription = description.ofTraining
    /// Of a feature: the nearest concept to what it does.
    package static let effectDescription = Self(rawValue: "miclip-effect")
    /// Descriptions read from a file.
    package static let imported = Self(rawValue: "imported")
    package static let randomConcept = Self(rawValue: "random-concept")
}

extension UnitSetBaselines {
    /// The concept of a set that a published similarity ranks highest for each of `units`, by their poles.
    ///
    /// Network Dissection knows the concepts that are labels, and no others.
    package func descriptions(
        of units: [InternalUnit], by similarity: PublishedSimilarity, among concepts: ConceptSet, labels: [Int]? = nil
    ) throws -> UnitDescriptions {
        let poles = units.map { ProbePole(index: $0.index, sign: $0.pole?.sign ?? 1) }
        var best = [(concept: Int, score: Float)?](repeating: nil, count: units.count)
        let scorer = try PublishedScores(similarity, statistics, poles: poles, among: concepts, context, labels: labels)
        for range in blocks(of: concepts.names.count, size: scorer.conceptsAtOnce) {
            let part = ConceptSet(names: Array(concepts.names[range]), embeddings: concepts.embeddings.rows(range))
            let scores = try scorer.scores(of: part)
            for (unit, column) in scores.argmax().enumerated() {
                let score = scores[unit, column]
                if score > best[unit]?.score ?? -.infinity { best[unit] = (range.lowerBound + column, score) }
            }
        }
        let isSilent = statistics.isSilentAtZero
        return UnitDescriptions(
            similarity.method,
            best.enumerated().map { unit, best in
                guard let best, !isSilent || !statistics.isSilent(units[unit].index) else { return nil }
                if similarity == .networkDissection, best.score <= 0 { return nil }
                return concepts.names[best.concept]
            })
    }
}
