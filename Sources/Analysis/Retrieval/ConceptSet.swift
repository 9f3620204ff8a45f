import LinearAlgebra

/// Concepts with their embeddings in the concept space.
public struct ConceptSet: Sendable, Equatable {
    public let names: [String]
    /// c: unit rows [names.count, d]
    public let embeddings: Tensor
    /// c̄, the mean embedding.
    public let mean: [Float]

    public init(names: [String], embeddings: Tensor) {
        precondition(names.count == embeddings.rows)
        self.names = names
        self.embeddings = embeddings
        mean = embeddings.columnMeans()
    }

    /// The position of a name, but for case.
    public func position(of name: String) -> Int? {
        let wanted = name.lowercased()
        return names.firstIndex { $0.lowercased() == wanted }
    }

    /// The position of the concept nearest to `embedding`, a unit vector; nil for an empty set.
    public func nearest(to embedding: [Float]) -> Int? {
        names.isEmpty ? nil : TopK.indices(of: multiply(embeddings, embedding), count: 1).first
    }
}
