import LinearAlgebra

/// A concept that is shown by images instead of being named: what some images have and others of the same classes have
/// not.
package struct ImageConcept: Sendable, Equatable {
    package var name: String
    /// Unit vector in the concept space along mean E_i of those that have it, less that of those that have not; zero
    /// where they do not differ.
    package var embedding: [Float]
    /// The same difference of every unit's activation.
    package var departure: [Float]
    /// Images of either kind.
    package var having: Int
    package var lacking: Int

    /// The difference within each class that has enough of both, its mean over these classes: so that which classes the
    /// images are of is no part of the concept. Nil where no class has.
    ///
    /// - Parameters:
    ///   - means: mean activations, and `embeddings` mean E_i, of the images of class c that have it at row 2c, and of those
    ///     that have not at row 2c + 1.
    ///   - counts: images at each row.
    ///   - least: images of either kind that a class needs.
    package init?(_ name: String, means: Tensor, embeddings: Tensor, counts: [Int], least: Int = 5) {
        let classes = (0..<counts.count / 2).filter { counts[2 * $0] >= least && counts[2 * $0 + 1] >= least }
        guard !classes.isEmpty else { return nil }
        func difference(_ rows: Tensor) -> [Float] {
            var sum = [Float](repeating: 0, count: rows.columns)
            for c in classes {
                let (with, without) = (rows.row(2 * c), rows.row(2 * c + 1))
                for i in sum.indices { sum[i] += (with[i] - without[i]) / Float(classes.count) }
            }
            return sum
        }
        self.name = name
        departure = difference(means)
        embedding = Tensor([1, embeddings.columns], difference(embeddings)).normalized().values
        having = classes.reduce(0) { $0 + counts[2 * $1] }
        lacking = classes.reduce(0) { $0 + counts[2 * $1 + 1] }
    }

    /// Units by their contribution to the concept, (W_i·c) departure_i, best first; of a signed neuron the pole that goes
    /// with it, of features those that are more active with it.
    package func units(of space: any UnitSpace, count: Int) -> [InternalUnit] {
        let along = space.said(of: embedding)
        let isOneSided = space.statistics.isSilentAtZero
        let scores = along.indices.map { along[$0] * (isOneSided ? max(0, departure[$0]) : departure[$0]) }
        return units(of: space, scores, toward: along, count)
    }

    /// The same by |departure_i| in standard deviations, without any concept space.
    package func unitsByDeparture(of space: any UnitSpace, count: Int) -> [InternalUnit] {
        let deviations = space.statistics.deviations
        let scores = departure.indices.map { deviations[$0] > 0 ? abs(departure[$0]) / deviations[$0] : 0 }
        return units(of: space, scores, toward: departure, count)
    }

    private func units(
        of space: any UnitSpace, _ scores: [Float], toward: [Float], _ count: Int
    ) -> [InternalUnit] {
        TopK.indices(of: scores, count: count).compactMap {
            space.unit($0, pole: toward[$0] < 0 ? .negative : .positive) ?? space.unit($0, pole: nil)
        }
    }
}

/// Cosines of concepts with classes, both less the mean of the concept set: how much a concept is of a class.
package struct ClassLikeness: Sendable, Equatable {
    /// Classes less the mean, as unit rows [classes, d].
    private let classes: Tensor
    private let mean: [Float]
    /// Of each class the likeness that half of the other classes exceed: what is under it is far from the class.
    package let limits: [Float]

    package init(_ classes: ConceptSet, mean: [Float]) {
        self.mean = mean
        let centred = classes.embeddings.less(mean).normalized()
        self.classes = centred
        let cosines = multiply(centred, .plain, centred, .transposed)
        limits = (0..<centred.rows).map { c in
            let others = cosines.row(c).enumerated().filter { $0.offset != c }.map(\.element).sorted()
            return others.isEmpty ? 1 : others[(others.count - 1) / 2]
        }
    }

    /// Of words: one value a class.
    package func ofWord(_ embedding: [Float]) -> [Float] {
        let centred = Tensor([1, embedding.count], embedding).less(mean).normalized()
        return multiply(centred, .plain, classes, .transposed).values
    }

    /// Of a direction, which needs no centring: one value a class.
    package func ofDirection(_ direction: [Float]) -> [Float] { multiply(classes, direction) }
}

extension Tensor {
    /// Each row less a vector.
    fileprivate func less(_ vector: [Float]) -> Tensor {
        var result = self
        let columns = columns
        result.withUnsafeMutable { x in for i in x.indices { x[i] -= vector[i % columns] } }
        return result
    }
}
