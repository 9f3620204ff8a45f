import LinearAlgebra

/// The features' activations on the probe images, kept sparse: memory grows with the active ones only.
package struct FeatureActivations: UnitStatistics {
    /// f: [N, features]
    package let codes: SparseRows
    /// The same by feature: [features, N]
    let byFeature: SparseRows
    package let predictions: [Int]
    package let means: [Float]
    package let deviations: [Float]
    /// The images of each class.
    private let images: [[Int]]

    package init(codes: SparseRows, predictions: [Int], classes: Int) {
        precondition(codes.rows == predictions.count)
        self.codes = codes
        self.predictions = predictions
        byFeature = codes.transposed()
        var images = [[Int]](repeating: [], count: classes)
        for (image, c) in predictions.enumerated() { images[c].append(image) }
        self.images = images
        let count = Double(max(1, codes.rows))
        var (means, deviations) = ([Float](), [Float]())
        for feature in 0..<codes.columns {
            let values = byFeature.values[byFeature.range(of: feature)]
            let mean = values.reduce(0.0) { $0 + Double($1) } / count
            let square = values.reduce(0.0) { $0 + Double($1) * Double($1) } / count
            means.append(Float(mean))
            deviations.append(Float(max(0, square - mean * mean).squareRoot()))
        }
        (self.means, self.deviations) = (means, deviations)
    }

    package var imageCount: Int { codes.rows }
    package var unitCount: Int { codes.columns }
    package var isSilentAtZero: Bool { true }

    /// Share of the probe images that activate a feature.
    package func density(_ feature: Int) -> Float {
        Float(byFeature.range(of: feature).count) / Float(max(1, codes.rows))
    }

    package func classCount(_ c: Int) -> Int { images[c].count }

    package func classMean(_ c: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: codes.columns)
        guard !images[c].isEmpty else { return sums }
        let share = 1 / Float(images[c].count)
        for image in images[c] { add(image, weight: share, to: &sums) }
        return sums
    }

    package func meansByClass(of index: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: images.count)
        for at in byFeature.range(of: index) {
            sums[predictions[Int(byFeature.indices[at])]] += byFeature.values[at]
        }
        return sums.indices.map { images[$0].isEmpty ? 0 : sums[$0] / Float(images[$0].count) }
    }

    /// By feature, so that each sum is one core's and is written once.
    package func weightedSums(_ weights: [Float], checkCancellation: () throws -> Void) -> [Float] {
        multiply(byFeature, weights)
    }

    private func add(_ image: Int, weight: Float, to sums: inout [Float]) {
        for at in codes.range(of: image) { sums[Int(codes.indices[at])] += weight * codes.values[at] }
    }

    package func rows() -> ActivationRows { .sparse(codes) }

    package func column(_ index: Int) -> [Float] {
        var column = [Float](repeating: 0, count: codes.rows)
        for at in byFeature.range(of: index) { column[Int(byFeature.indices[at])] = byFeature.values[at] }
        return column
    }

    /// From the images that activate a feature where these are enough, and those that do not: all activations are above zero.
    package func extremes(of unit: InternalUnit, count: Int) -> ExtremeActivations {
        let at = byFeature.range(of: unit.index)
        let (images, values) = (byFeature.indices[at].map { Int($0) }, Array(byFeature.values[at]))
        guard unit.pole?.sign != -1, values.count >= count, imageCount - values.count >= count,
            values.allSatisfy({ $0 > 0 })
        else { return extremes(of: unit, among: column(unit.index), count: count) }
        let active = Set(images)
        return ExtremeActivations(
            most: TopK.indices(of: values, count: count).map {
                ImageActivation(image: images[$0], activation: values[$0])
            },
            least: (0..<imageCount).lazy.filter { !active.contains($0) }.prefix(count).map {
                ImageActivation(image: $0, activation: 0)
            })
    }

    /// The correlation of a feature with each neuron over the probe images; 0 where either never changes.
    func correlations(_ feature: Int, with neurons: ProbeActivations) throws -> [Float] {
        let units = neurons.unitCount
        var sums = [Float](repeating: 0, count: units)
        let range = byFeature.range(of: feature)
        try neurons.values.withUnsafe { a in
            for at in range {
                let image = Int(byFeature.indices[at])
                for i in 0..<units { sums[i] += byFeature.values[at] * (a[image * units + i] - neurons.means[i]) }
            }
        }
        return (0..<units).map { i in
            let scale = deviations[feature] * neurons.deviations[i] * Float(codes.rows)
            return scale > 0 ? sums[i] / scale : 0
        }
    }
}
