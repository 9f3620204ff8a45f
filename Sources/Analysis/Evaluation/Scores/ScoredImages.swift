import LinearAlgebra

/// Held-out images as explanations are scored on them.
package struct ScoredImages: Sendable {
    /// E_i: unit rows [N, d]
    package let embeddings: Tensor
    /// The class of each; nil where none is known.
    let labels: [Int]?
    let classes: ConceptSet
    /// Concepts drawn from the concept set, which a description must be better than.
    let random: ConceptSet

    /// How many concepts are drawn.
    package static let randomConcepts = 200

    /// - Parameter concepts: the set that descriptions are made of.
    package init(embeddings: Tensor, labels: [Int]?, classes: ConceptSet, concepts: ConceptSet, seed: UInt64 = 0) {
        (self.embeddings, self.labels, self.classes) = (embeddings, labels, classes)
        var generator = SeededGenerator(seed: seed)
        let drawn = concepts.names.indices.shuffled(using: &generator).prefix(Self.randomConcepts)
        random = ConceptSet(
            names: drawn.map { concepts.names[$0] }, embeddings: concepts.embeddings.rows(at: Array(drawn)))
    }

    /// Where a concept is: by labels where it is a class that images have, else by similarity.
    package func signal(_ concept: String, embedding: [Float]) -> ConceptSignal {
        if let labels, let index = classes.position(of: concept), labels.contains(index) {
            return ConceptSignal(labels: labels, class: index)
        }
        return ConceptSignal(similarities: rowDots(embeddings, embedding))
    }

    /// Scores of one concept for each unit, and monosemanticity, which needs no concept.
    ///
    /// - Parameters:
    ///   - activations: along the poles [units, N].
    ///   - concepts: a name and a place in `set` for each unit.
    package func scores(
        _ activations: Tensor, concepts: [String], in set: ConceptSet, checkCancellation: () throws -> Void = {}
    ) throws -> [ScoredExplanation] {
        let places = Dictionary(set.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let signals = try Set(concepts).reduce(into: [String: ConceptSignal]()) { signals, name in
            try checkCancellation()
            if let place = places[name] { signals[name] = signal(name, embedding: set.embeddings.row(place)) }
        }
        let drawn = multiply(random.embeddings, .plain, embeddings, .transposed)
        var found: [ScoredExplanation] = []
        for block in blocks(of: activations.rows, size: 128) {
            try checkCancellation()
            let own = activations.rows(block)
            let chance = correlations(own, drawn)
            try checkCancellation()
            let clarity = Monosemanticity.scores(own, embeddings: embeddings)
            // Each takes a millisecond: few between two checks, so that whoever waits for the cores gets them.
            for part in blocks(of: block.count, size: 2 * cores) {
                try checkCancellation()
                found += parallelMap(part.count) { at in
                    let (row, concept) = (part.lowerBound + at, concepts[block.lowerBound + part.lowerBound + at])
                    let scores = signals[concept].map { ExplanationScores(activations: own.row(row), $0) }
                    let correlations = chance.row(row)
                    return ScoredExplanation(
                        concept: concept, scores: scores, monosemanticity: clarity[row],
                        chance: random.names.indices.filter { random.names[$0] != concept }.map { correlations[$0] })
                }
            }
        }
        return found
    }
}

/// Correlations of each row of one matrix with each of another: [x.rows, y.rows]; 0 for a constant row.
func correlations(_ x: Tensor, _ y: Tensor) -> Tensor {
    func standardised(_ rows: Tensor) -> Tensor {
        var result = rows
        let width = rows.columns
        result.withUnsafeMutable { values in
            for row in 0..<rows.rows {
                let range = row * width..<(row + 1) * width
                let mean = Float(range.reduce(0.0) { $0 + Double(values[$1]) } / Double(max(1, width)))
                for i in range { values[i] -= mean }
            }
        }
        return result.normalized()
    }
    return multiply(standardised(x), .plain, standardised(y), .transposed)
}

/// An explanation with its scores.
package struct ScoredExplanation: Sendable, Hashable, Codable {
    package var concept: String
    /// Nil for a concept that is none of the set.
    package var scores: ExplanationScores?
    package var monosemanticity: Float
    /// Mean correlation of the unit with other concepts drawn from the set, and the share of them that do at least as
    /// well.
    package var chancePearson: Float
    package var chanceShare: Float

    package init(concept: String, scores: ExplanationScores?, monosemanticity: Float, chance: [Float]) {
        (self.concept, self.scores, self.monosemanticity) = (concept, scores, monosemanticity)
        chancePearson = chance.reduce(0, +) / Float(max(1, chance.count))
        let own = scores?.pearson ?? -1
        chanceShare = Float(chance.count { $0 >= own }) / Float(max(1, chance.count))
    }

    /// Whether a concept drawn from the set does as well or better more often than one time in four.
    package var isNoBetterThanChance: Bool { chanceShare > 0.25 }
}
