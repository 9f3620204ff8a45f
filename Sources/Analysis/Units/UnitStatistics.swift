import Foundation
import LinearAlgebra

/// What retrieval, baselines and the views of a unit read of a layer's activations on the probe images, whether they
/// are kept dense (neurons) or sparse (features).
public protocol UnitStatistics: Sendable {
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
    /// Σ weights over images of every unit's activation.
    func weightedSums(_ weights: [Float]) -> [Float]
    /// Activations of unit `index` over all images.
    func column(_ index: Int) -> [Float]
    /// The same of several units.
    func columns(_ indices: [Int]) -> [[Float]]
}

extension UnitStatistics {
    public func columns(_ indices: [Int]) -> [[Float]] { indices.map(column) }

    /// The class on which a unit is most active along its pole; nil where all images were predicted as one class.
    public func mostActiveClass(of unit: InternalUnit) -> Int? {
        let means = meansByClass(of: unit.index)
        let seen = means.indices.filter { classCount($0) > 0 }
        let sign = unit.pole?.sign ?? 1
        guard seen.count > 1 else { return nil }
        return seen.max { sign * means[$0] < sign * means[$1] }
    }

    /// Images in order of the unit's activation along its pole: the `count` most and least activating, extremes first.
    public func extremes(of unit: InternalUnit, count: Int) -> (most: [Int], least: [Int]) {
        let sign = unit.pole?.sign ?? 1
        let along = column(unit.index).map { $0 * sign }
        let most = TopK.indices(of: along, count: count)
        let least = TopK.indices(of: along.map { -$0 }, count: count)
        return (most, least)
    }

    /// ā_{i,c}: over the images predicted as the class of that name; for a concept that is no class, over all images,
    /// weighted by how much more similar to it than usual they are, exp(2 z) with z the standardised cosine, which
    /// puts the weight on a few in a hundred of them whatever the concept space's scale.
    func means(
        on concept: String, _ embedding: [Float], classes: ConceptSet, imageEmbeddings: Tensor
    ) -> [Float] {
        if let index = classes.position(of: concept), classCount(index) > 0 { return classMean(index) }
        let similarities = rowDots(imageEmbeddings, embedding)
        let count = Float(max(1, similarities.count))
        let mean = similarities.reduce(0, +) / count
        let variance = similarities.reduce(Float(0)) { $0 + ($1 - mean) * ($1 - mean) } / count
        guard variance > 0 else { return means }
        let sharpness = 2 / variance.squareRoot()
        var weights = similarities.map { exp(sharpness * ($0 - mean)) }
        let sum = weights.reduce(0, +)
        for i in weights.indices { weights[i] /= sum }
        return weightedSums(weights)
    }
}

extension ProbeActivations: UnitStatistics {
    public var imageCount: Int { values.rows }
    public var unitCount: Int { values.columns }
    public func classCount(_ c: Int) -> Int { classMeans.counts[c] }
    public func classMean(_ c: Int) -> [Float] { classMeans.means.row(c) }
    public func meansByClass(of index: Int) -> [Float] { classMeans.means.columns(at: [index]).values }

    /// Gathered in one pass: each by itself would read every line of the matrix from memory.
    public func columns(_ indices: [Int]) -> [[Float]] {
        let gathered = values.columns(at: indices)
        return gathered.withUnsafe { a in
            indices.indices.map { column in (0..<values.rows).map { a[$0 * indices.count + column] } }
        }
    }

    public func weightedSums(_ weights: [Float]) -> [Float] {
        multiply(Tensor([1, weights.count], weights), .plain, values).values
    }
}
