import LinearAlgebra

/// The target layer's activations on the probe images, with the statistics every view of a unit needs.
public struct ProbeActivations: Sendable {
    /// a: [N, units]
    public let values: Tensor
    /// ĉ: the class predicted for each image.
    public let predictions: [Int]
    /// ā_i and the standard deviation of each unit.
    public let means: [Float]
    public let deviations: [Float]
    /// ā_{i,c} over the images predicted as c.
    public let classMeans: ClassMeans

    public init(values: Tensor, predictions: [Int], classes: Int) {
        precondition(values.rows == predictions.count)
        self.values = values
        self.predictions = predictions
        means = values.columnMeans()
        classMeans = ClassMeans(activations: values, classes: predictions, of: classes)
        let (columns, means) = (values.columns, means)
        var squares = [Double](repeating: 0, count: columns)
        values.withUnsafe { a in
            for row in 0..<values.rows {
                for i in 0..<columns {
                    let d = Double(a[row * columns + i] - means[i])
                    squares[i] += d * d
                }
            }
        }
        deviations = squares.map { Float(($0 / Double(max(1, values.rows))).squareRoot()) }
    }

    /// Activations of neuron `index` over all images.
    public func column(_ index: Int) -> [Float] {
        let columns = values.columns
        return values.withUnsafe { a in (0..<values.rows).map { a[$0 * columns + index] } }
    }
}
