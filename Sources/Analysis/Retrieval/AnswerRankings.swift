import LinearAlgebra

/// Contribution against rivals: the mean over the concept's images of a_i W_i·(c - Σ_k p_k c_k), what a unit says of the
/// concept less what it says of the classes that the model takes the image for.
///
/// A concept that is no class has images of every class, by their similarity to it. What units say of rivals is then the
/// mean over each class's images, weighed by how much of the concept falls to the class: found once for all concepts,
/// where the images' own would take a product with every image for each. It steers as well (docs/method.md).
struct RivalRanking: Sendable {
    private let statistics: any UnitStatistics
    private let context: ConceptContext
    /// W: [units, d]
    private let weights: Tensor
    /// Mean over the images predicted c of a_i W_i·Σ_k p_k c_k: [classes, units]
    private let ofClasses: Once<Tensor>

    /// - Parameter ofClasses: `UnitStatistics.rivals`, where it is kept; nil to find it when it is first needed.
    init(
        _ statistics: any UnitStatistics, weights: Tensor, _ answers: ProbeAnswers, _ context: ConceptContext,
        ofClasses: Once<Tensor>? = nil
    ) {
        (self.statistics, self.weights, self.context) = (statistics, weights, context)
        self.ofClasses =
            ofClasses ?? Once { try statistics.rivals(weights, answers, classes: context.classes.embeddings) }
    }

    func readAhead() throws { _ = try ofClasses.value }

    /// One score a unit.
    ///
    /// - Parameters:
    ///   - means: ā_{i,c}, from `UnitStatistics.means` or an estimate of it.
    ///   - images: the weights that they were taken with; nil of a class, and where all images count alike.
    func scores(_ query: ConceptQuery, means: [Float], images: [Float]?) throws -> [Float] {
        let (along, rivals) = (multiply(weights, query.embedding), try rivals(of: query, images: images))
        return along.indices.map { along[$0] * means[$0] - rivals[$0] }
    }

    /// What every unit says of what the model takes the concept's images for: the score is W_i·c ā_{i,c} less it.
    func rivals(of query: ConceptQuery, images: [Float]?) throws -> [Float] {
        if let c = context.classes.position(of: query.concept), statistics.classCount(c) > 0 {
            return try ofClasses.value.row(c)
        }
        let share = 1 / Float(max(1, statistics.imageCount))
        var classes = [Float](repeating: 0, count: context.classes.names.count)
        for (image, c) in statistics.predictions.enumerated() { classes[c] += images?[image] ?? share }
        return multiply(Tensor([1, classes.count], classes), .plain, try ofClasses.value).values
    }
}

extension UnitStatistics {
    /// Mean over the images predicted c of a_i W_i·Σ_k p_k c_k, what a unit says of what the model takes them for:
    /// [classes, units]
    ///
    /// - Parameters:
    ///   - weights: W [units, d].
    ///   - classes: c, unit rows [classes, d].
    package func rivals(_ weights: Tensor, _ answers: ProbeAnswers, classes: Tensor) throws -> Tensor {
        try sums(
            over: WeightedImages(classes: predictions, of: classes.rows), of: answers.rivals(classes), along: weights,
            checkCancellation: {})
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
