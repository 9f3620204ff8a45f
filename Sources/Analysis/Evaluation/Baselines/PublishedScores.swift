import LinearAlgebra

/// Scores of some sides of units by a published similarity, for some concepts at a time: what depends on no concept is
/// worked out once.
package struct PublishedScores: Sendable {
    /// Concepts to score at once, so that a few images of each fit into memory.
    package let conceptsAtOnce: Int
    private let poles: [ProbePole]
    private let score: @Sendable (ConceptSet) throws -> Tensor

    /// Images times concepts at once.
    private static let most = 1 << 25

    /// - Parameters:
    ///   - concepts: all that will be scored. Softmaxes run over the context's concept set, and these where it lacks them.
    ///   - labels: a class of each probe image; nil for those predicted.
    package init(
        _ similarity: PublishedSimilarity, _ probe: any UnitStatistics, poles: [ProbePole], among concepts: ConceptSet,
        _ context: ConceptContext, labels: [Int]? = nil
    ) throws {
        self.poles = poles
        let embeddings = try context.imageEmbeddings.value
        func top(_ count: Int) throws -> TopImages { try TopImages(probe, poles: poles, count: count) }
        var images = probe.imageCount
        switch similarity {
        case .clipDissect, .weightedPMI:
            let method = similarity == .clipDissect ? WeightedPMI.soft : .hard
            // The images that vote are few beside all.
            let (voting, found) =
                try TopImages(probe, poles: poles, count: method.votes, keepsSilent: true).compact
            let shares = ConceptShares(
                images: embeddings.rows(at: voting), concepts: try concepts.joined(to: context.concepts.value),
                sharpness: method.sharpness)
            score = { method.scores(found, shares: shares.shares(of: $0.embeddings)) }
            images = voting.count
        case .rankReorder:
            let found = try top(max(1, probe.imageCount / 20))
            score = { RankReorder.scores(found, cosines: multiply(embeddings, .plain, $0.embeddings, .transposed)) }
        case .cosineCubed:
            let cubed = try CosineCubed(probe, poles: poles)
            score = { try cubed.scores(cosines: multiply($0.embeddings, .plain, embeddings, .transposed)) }
        case .networkDissection:
            let found = try top(NetworkDissection.images(of: probe.imageCount))
            let ofClasses = NetworkDissection.scores(
                found, labels: labels ?? probe.predictions, of: context.classes.names.count)
            score = { concepts in
                // A concept that is none of the classes has no labelled images.
                let places = concepts.names.map(context.classes.position)
                return Tensor([poles.count, places.count]) { result in
                    for pole in poles.indices {
                        for (c, place) in places.enumerated() {
                            result[pole * places.count + c] = place.map { ofClasses[pole, $0] } ?? 0
                        }
                    }
                }
            }
            images = 1
        case .visualInterpretation:
            let found = try top(VisualInterpretation.votes)
            score = { concepts in
                let centred = Tensor(
                    concepts.embeddings.shape,
                    try concepts.names.indices.flatMap { try context.centred(concepts.embeddings.row($0)) })
                return VisualInterpretation.scores(found, images: embeddings, concepts: centred)
            }
            images = 1
        }
        conceptsAtOnce = max(64, Self.most / max(1, images))
    }

    /// [poles, concepts]
    package func scores(of concepts: ConceptSet) throws -> Tensor { try score(concepts) }
}

extension TopImages {
    /// The images that are there, ascending, and the same with places among them instead of positions.
    fileprivate var compact: (images: [Int], TopImages) {
        let there = Set(images.joined()).sorted()
        let places = Dictionary(uniqueKeysWithValues: there.enumerated().map { ($1, $0) })
        var result = self
        result.images = images.map { $0.map { places[$0]! } }
        return (there, result)
    }
}

extension ConceptSet {
    /// The embeddings of a set and, after them, of those of these that it lacks: [concepts, d]
    fileprivate func joined(to whole: ConceptSet) -> Tensor {
        let known = Set(whole.names.map { $0.lowercased() })
        let absent = names.indices.filter { !known.contains(names[$0].lowercased()) }
        guard !absent.isEmpty else { return whole.embeddings }
        guard !whole.names.isEmpty else { return embeddings }
        return whole.embeddings.above(embeddings.rows(at: absent))
    }
}
