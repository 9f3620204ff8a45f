import LinearAlgebra

/// A published way to score units for concepts by their activations on probe images.
package enum PublishedSimilarity: Sendable, Hashable, CaseIterable {
    /// CLIP-Dissect: its soft weighted pointwise mutual information, and the other similarities of its paper.
    case clipDissect, weightedPMI, rankReorder, cosineCubed
    case networkDissection
    case visualInterpretation

    package var method: UnitSetMethod {
        switch self {
        case .clipDissect: .clipDissect
        case .weightedPMI: .weightedPMI
        case .rankReorder: .rankReorder
        case .cosineCubed: .cosineCubed
        case .networkDissection: .networkDissection
        case .visualInterpretation: .visualInterpretation
        }
    }

    /// - Parameters:
    ///   - concepts: those that are scored. Softmaxes run over the context's concept set, and these where it lacks them.
    ///   - labels: a class of each probe image; nil for those predicted.
    /// - Returns: [poles, concepts]
    package func scores(
        _ probe: any UnitStatistics, poles: [ProbePole], _ concepts: ConceptSet, _ context: ConceptContext,
        labels: [Int]? = nil
    ) throws -> Tensor {
        func top(_ count: Int) throws -> TopImages { try TopImages(probe, poles: poles, count: count) }
        func shares(_ sharpness: Float) throws -> Tensor {
            let whole = try concepts.joined(to: context.concepts.value)
            return try ConceptShares(
                images: context.imageEmbeddings.value, concepts: whole, sharpness: sharpness
            ).shares(of: concepts.embeddings)
        }
        func cosines() throws -> Tensor {
            multiply(try context.imageEmbeddings.value, .plain, concepts.embeddings, .transposed)
        }
        switch self {
        case .clipDissect:
            let method = WeightedPMI.soft
            return method.scores(try top(method.votes), shares: try shares(method.sharpness))
        case .weightedPMI:
            let method = WeightedPMI.hard
            return method.scores(try top(method.votes), shares: try shares(method.sharpness))
        case .rankReorder:
            return RankReorder.scores(try top(max(1, probe.imageCount / 20)), cosines: try cosines())
        case .cosineCubed: return try CosineCubed.scores(probe, poles: poles, cosines: cosines())
        case .networkDissection:
            let found = try top(NetworkDissection.images(of: probe.imageCount))
            let ofClasses = NetworkDissection.scores(
                found, labels: labels ?? probe.predictions, of: context.classes.names.count)
            // A concept that is none of the classes has no labelled images.
            let places = concepts.names.map(context.classes.position)
            return Tensor([poles.count, places.count]) { result in
                for pole in poles.indices {
                    for (c, place) in places.enumerated() {
                        result[pole * places.count + c] = place.map { ofClasses[pole, $0] } ?? 0
                    }
                }
            }
        case .visualInterpretation:
            let centred = Tensor(
                concepts.embeddings.shape,
                try concepts.names.indices.flatMap { try context.centred(concepts.embeddings.row($0)) })
            return VisualInterpretation.scores(
                try top(VisualInterpretation.votes), images: try context.imageEmbeddings.value, concepts: centred)
        }
    }
}

extension ConceptSet {
    /// The embeddings of a set and, after them, of those of these that it lacks: [concepts, d]
    fileprivate func joined(to whole: ConceptSet) -> Tensor {
        let known = Set(whole.names.map { $0.lowercased() })
        let absent = names.indices.filter { !known.contains(names[$0].lowercased()) }
        guard !absent.isEmpty else { return whole.embeddings }
        guard !whole.names.isEmpty else { return embeddings }
        return Tensor(
            [whole.names.count + absent.count, embeddings.columns],
            whole.embeddings.values + embeddings.rows(at: absent).values)
    }
}
