import LinearAlgebra

/// What retrieval, baselines and the views of a unit read of a layer's activations on the probe images, whether they
/// are kept dense (neurons) or sparse (features).
package protocol UnitStatistics: Sendable {
    /// Probe images, and units of the layer.
    var imageCount: Int { get }
    var unitCount: Int { get }
    /// ĉ: the class predicted for each image.
    var predictions: [Int] { get }
    /// ā_i and the standard deviation of each unit.
    var means: [Float] { get }
    var deviations: [Float] { get }
    /// Images predicted as class c.
    func classCount(_ c: Int) -> Int
    /// ā_{i,c} of every unit; zero for a class without images.
    func classMean(_ c: Int) -> [Float]
    /// ā_{i,c} of unit `index` over all classes.
    func meansByClass(of index: Int) -> [Float]
    /// Whether an activation of zero says that the unit is off, so that only images with another one are its own.
    var isSilentAtZero: Bool { get }

    // What follows may have to read activations from a file, and throws where that fails.

    /// Σ weights over images of every unit's activation. `checkCancellation` is asked now and then.
    func weightedSums(_ weights: [Float], checkCancellation: () throws -> Void) throws -> [Float]
    /// The same within a frame, about; nil where `weightedSums` is as quick.
    func estimatedSums(_ weights: [Float]) throws -> [Float]?
    /// For each group of images the weighted sum of a_i(x) (v(x)·d_i): [groups, units]
    ///
    /// - Parameters:
    ///   - vectors: v(x), of d values.
    ///   - directions: d_i [units, d]; nil where v(x) has one value a unit, which stands for the product.
    func sums(
        over images: WeightedImages, of vectors: ImageVectors, along directions: Tensor?,
        checkCancellation: () throws -> Void
    ) throws -> Tensor
    /// Activations of every unit over all images: [images, units]
    func rows() throws -> ActivationRows
    /// Activations of unit `index` over all images.
    func column(_ index: Int) throws -> [Float]
    /// The same of several units.
    func columns(_ indices: [Int]) throws -> [[Float]]
    /// The `count` images on which a unit is most and least active along its pole.
    func extremes(of unit: InternalUnit, count: Int) throws -> ExtremeActivations
    /// The distribution of a unit's activations; of one that zero silences, of the others.
    func histogram(of index: Int) throws -> Histogram
}

/// ā_{i,c} of every unit, with the weights of the images; these nil of a class, and where all images count alike.
typealias WeightedMeans = (means: [Float], images: [Float]?)

extension UnitStatistics {
    package func estimatedSums(_ weights: [Float]) -> [Float]? { nil }

    package func columns(_ indices: [Int]) throws -> [[Float]] { try indices.map(column) }

    /// Whether a unit was off on every image.
    package func isSilent(_ index: Int) -> Bool { isSilentAtZero && !(means[index] > 0) }

    /// The class on which a unit is most active along its pole; nil where all images were predicted as one class.
    package func mostActiveClass(of unit: InternalUnit) -> Int? {
        let means = meansByClass(of: unit.index)
        let seen = means.indices.filter { classCount($0) > 0 }
        let sign = unit.pole?.sign ?? 1
        guard seen.count > 1 else { return nil }
        return seen.max { sign * means[$0] < sign * means[$1] }
    }

    package func extremes(of unit: InternalUnit, count: Int) throws -> ExtremeActivations {
        extremes(of: unit, among: try column(unit.index), count: count)
    }

    package func histogram(of index: Int) throws -> Histogram {
        let activations = try column(index)
        return Histogram(isSilentAtZero ? activations.filter { $0 > 0 } : activations, bins: LayerStatistics.bins)
    }

    func extremes(of unit: InternalUnit, among activations: [Float], count: Int) -> ExtremeActivations {
        let sign = unit.pole?.sign ?? 1
        func first(_ sign: Float) -> [ImageActivation] {
            TopK.indices(of: activations.map { $0 * sign }, count: count).map {
                ImageActivation(image: $0, activation: activations[$0])
            }
        }
        return ExtremeActivations(most: first(sign), least: first(-sign))
    }

    /// ā_{i,c}: over the images predicted as the class of that name; for a concept that is no class, over all images,
    /// weighted by their similarity to it.
    func means(
        on query: ConceptQuery, in context: ConceptContext, checkCancellation: () throws -> Void = {}
    ) throws -> [Float] {
        try weightedMeans(on: query, in: context, checkCancellation: checkCancellation).means
    }

    /// The same with the weights of the images.
    ///
    /// - Parameter estimate: takes an estimate, where the sums take longer than a frame.
    func weightedMeans(
        on query: ConceptQuery, in context: ConceptContext, estimate: ((WeightedMeans) throws -> Void)? = nil,
        checkCancellation: () throws -> Void = {}
    ) throws -> WeightedMeans {
        if let c = context.classes.position(of: query.concept), classCount(c) > 0 { return (classMean(c), nil) }
        guard let weights = query.weights(of: try context.imageEmbeddings.value) else { return (means, nil) }
        if let estimate, let means = try estimatedSums(weights) { try estimate((means, weights)) }
        return (try weightedSums(weights, checkCancellation: checkCancellation), weights)
    }
}
