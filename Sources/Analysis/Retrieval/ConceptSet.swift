import LinearAlgebra

/// Concepts with their embeddings in the concept space.
package struct ConceptSet: Sendable, Equatable {
    package let names: [String]
    /// c: unit rows [names.count, d]
    package let embeddings: Tensor
    /// c̄, the mean embedding.
    package let mean: [Float]

    package init(names: [String], embeddings: Tensor) {
        precondition(names.count == embeddings.rows)
        self.names = names
        self.embeddings = embeddings
        mean = embeddings.columnMeans()
    }

    /// One of them, to locate units by.
    func query(_ index: Int, _ ranking: Ranking = .standard) -> ConceptQuery {
        ConceptQuery(names[index], embedding: embeddings.row(index), ranking: ranking)
    }

    /// The position of a name, but for case.
    package func position(of name: String) -> Int? {
        let wanted = name.lowercased()
        return names.firstIndex { $0.lowercased() == wanted }
    }

    /// The position of the concept nearest to `embedding`, a unit vector; nil for an empty set.
    package func nearest(to embedding: [Float]) -> Int? {
        names.isEmpty ? nil : TopK.indices(of: multiply(embeddings, embedding), count: 1).first
    }

    /// A cosine that nineteen in twenty concepts exceed with the nearest of the others; over some of them, spread over the
    /// set. Zero for fewer than two.
    package func usualNearness(sample: Int = 256) -> Float {
        guard names.count > 1 else { return 0 }
        let count = min(sample, names.count)
        let places = (0..<count).map { $0 * names.count / count }
        let rows = Tensor([count, embeddings.columns], places.flatMap { embeddings.row($0) })
        let cosines = multiply(rows, .plain, embeddings, .transposed)
        let nearest = places.enumerated().map { row, place in
            var values = cosines.row(row)
            values[place] = -1
            return values.max() ?? 0
        }
        return nearest.sorted()[count / 20]
    }

    /// The same of some vectors: a cosine that nineteen in twenty exceed with the concept nearest to them.
    ///
    /// - Parameter vectors: unit rows [N, d].
    func usualNearness(of vectors: Tensor) -> Float {
        guard !names.isEmpty, vectors.rows > 0 else { return 0 }
        return best(for: vectors, 0..<vectors.rows, checkCancellation: {}).map(\.score).sorted()[vectors.rows / 20]
    }

    /// The class a concept is tied to: chosen, else of its name but for case, else nearest in the concept space.
    package func target(of concept: String, embedding: [Float], chosen: Int? = nil) -> ConceptClass {
        if let chosen { return ConceptClass(index: chosen, name: names[chosen], origin: .chosen) }
        if let index = position(of: concept) {
            return ConceptClass(index: index, name: names[index], origin: .name)
        }
        let index = nearest(to: embedding) ?? 0
        return ConceptClass(index: index, name: names[index], origin: .nearest)
    }

    /// The `count` concepts nearest to `embedding`, a unit vector, best first.
    func best(_ count: Int, for embedding: [Float]) -> [RankedConcept] {
        let scores = multiply(embeddings, embedding)
        return TopK.indices(of: scores, count: count).map { RankedConcept(concept: names[$0], score: scores[$0]) }
    }

    /// The concept nearest to each of some rows of `units` (unit rows), on all cores; none for an empty set.
    ///
    /// - Parameter checkCancellation: asked every few milliseconds, so that whoever waits for the cores gets them.
    package func best(
        for units: Tensor, _ range: Range<Int>, checkCancellation: () throws -> Void
    ) rethrows -> [RankedConcept] {
        guard !names.isEmpty else { return [] }
        let width = max(1, embeddings.columns)
        let rowsAtOnce = min(2048, max(128, Self.productsAtOnce / (width * names.count)))
        let tiles = blocks(of: names.count, size: max(1, Self.productsAtOnce / (width * rowsAtOnce)))
        var found: [RankedConcept] = []
        found.reserveCapacity(range.count)
        for block in blocks(of: range, size: cores * rowsAtOnce) {
            var best = [(place: Int, score: Float)](repeating: (0, -.infinity), count: block.count)
            for tile in tiles {
                try checkCancellation()
                let parts = parallelMap(blocks(of: block, size: rowsAtOnce)) { rows -> [(place: Int, score: Float)] in
                    let scores = innerProducts(units, rows, embeddings, tile)
                    return scores.argmax().enumerated().map { (tile.lowerBound + $1, scores[$0, $1]) }
                }
                for (row, next) in parts.joined().enumerated() where next.score > best[row].score { best[row] = next }
            }
            found += best.map { RankedConcept(concept: names[$0.place], score: $0.score) }
        }
        return found
    }

    /// Multiply-adds on a core between two checks.
    private static let productsAtOnce = 1 << 27
}
