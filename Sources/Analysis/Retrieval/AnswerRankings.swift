import LinearAlgebra

/// Contribution against rivals: the mean over the concept's images of a_i W_i·(c - Σ_k p_k c_k), what a unit says of the
/// concept less what it says of the classes that the model takes the image for.
struct RivalRanking: Sendable {
    private let statistics: any UnitStatistics
    private let context: ConceptContext
    /// Of W_i·Σ_k p_k c_k, what a unit says of what the model takes an image for.
    private let sums: GroupSums
    /// W: [units, d]
    private let weights: Tensor
    /// Mean over the images predicted c of a_i W_i·Σ_k p_k c_k: [classes, units]
    private let ofClasses: Once<Tensor>

    init(_ statistics: any UnitStatistics, weights: Tensor, _ answers: ProbeAnswers, _ context: ConceptContext) {
        let sums = statistics.groupSums(of: answers.rivals(context.classes.embeddings), along: weights)
        (self.statistics, self.weights, self.context, self.sums) = (statistics, weights, context, sums)
        ofClasses = Once {
            try sums(WeightedImages(classes: statistics.predictions, of: context.classes.names.count), {})
        }
    }

    /// One score a unit.
    func scores(_ query: ConceptQuery, checkCancellation: () throws -> Void) throws -> [Float] {
        let (means, rivals) = try means(query, checkCancellation)
        let along = multiply(weights, query.embedding)
        return along.indices.map { along[$0] * means[$0] - rivals[$0] }
    }

    /// ā_{i,c}, and the same mean of a_i W_i·Σ_k p_k c_k: the score is W_i·c times the first, less the second.
    func means(
        _ query: ConceptQuery, _ checkCancellation: () throws -> Void
    ) throws -> (of: [Float], rivals: [Float]) {
        if let c = context.classes.position(of: query.concept), statistics.classCount(c) > 0 {
            return (statistics.classMean(c), try ofClasses.value.row(c))
        }
        let count = statistics.imageCount
        let weights =
            query.weights(of: try context.imageEmbeddings.value)
            ?? Array(repeating: 1 / Float(max(1, count)), count: count)
        return (
            try statistics.weightedSums(weights, checkCancellation: checkCancellation),
            try sums(WeightedImages(weights: weights), checkCancellation).values
        )
    }
}

/// Attribution: the mean over the images predicted as the concept's class of activation times the gradient of its
/// log-probability. It knows classes alone: any other concept goes by the class nearest to it.
struct AttributionRanking: Sendable {
    private let statistics: any UnitStatistics
    private let classes: ConceptSet
    /// [classes, units]
    private let ofClasses: Once<Tensor>

    /// - Parameter ofClasses: mean over the images predicted c of a_i ∂ log p_c/∂a_i [classes, units].
    init(_ statistics: any UnitStatistics, _ classes: ConceptSet, ofClasses: Once<Tensor>) {
        (self.statistics, self.classes, self.ofClasses) = (statistics, classes, ofClasses)
    }

    /// One score a unit, and the mean activations they belong to; all zero where nothing was predicted as any class.
    func scores(_ query: ConceptQuery) throws -> (scores: [Float], means: [Float]) {
        let own = classes.position(of: query.concept).flatMap { statistics.classCount($0) > 0 ? $0 : nil }
        let near = multiply(classes.embeddings, query.embedding)
        let seen = classes.names.indices.filter { statistics.classCount($0) > 0 }
        guard let c = own ?? seen.max(by: { near[$0] < near[$1] }) else {
            return (statistics.means.map { _ in 0 }, statistics.means)
        }
        return (try ofClasses.value.row(c), statistics.classMean(c))
    }
}
