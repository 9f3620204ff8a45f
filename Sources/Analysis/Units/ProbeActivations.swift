import LinearAlgebra

/// The target layer's activations on the probe images: their statistics at once, themselves when they are asked for.
public struct ProbeActivations: Sendable {
    public let statistics: LayerStatistics
    private let activations: Once<Tensor>

    /// - Parameter activations: a [N, units], read when first needed.
    public init(statistics: LayerStatistics, activations: Once<Tensor>) {
        self.statistics = statistics
        self.activations = activations
    }

    /// - Parameters:
    ///   - values: a [N, units]
    ///   - predictions: the class predicted for each image.
    public init(values: Tensor, predictions: [Int], classes: Int) {
        self.init(
            statistics: LayerStatistics(activations: values, predictions: predictions, classes: classes),
            activations: Once(value: values))
    }

    /// a: [N, units]
    public var values: Tensor { get throws { try activations.value } }
}

extension ProbeActivations: UnitStatistics {
    public var imageCount: Int { statistics.imageCount }
    public var unitCount: Int { statistics.unitCount }
    public var predictions: [Int] { statistics.predictions }
    public var means: [Float] { statistics.means }
    public var deviations: [Float] { statistics.deviations }
    public var isSilentAtZero: Bool { false }

    public func classCount(_ c: Int) -> Int { statistics.classCounts[c] }
    public func classMean(_ c: Int) -> [Float] { statistics.classMeans.row(c) }
    public func meansByClass(of index: Int) -> [Float] { statistics.classMeans.columns(at: [index]).values }

    public func extremes(of unit: InternalUnit, count: Int) throws -> ExtremeActivations {
        try statistics.extremes(of: unit, count: count) ?? extremes(of: unit, among: column(unit.index), count: count)
    }

    public func histogram(of index: Int) -> Histogram { statistics.histogram(of: index) }

    public func column(_ index: Int) throws -> [Float] { try values.columns(at: [index]).values }

    /// Gathered in one pass: each by itself would read every line of the matrix from memory.
    public func columns(_ indices: [Int]) throws -> [[Float]] {
        let gathered = try values.columns(at: indices)
        return gathered.withUnsafe { a in
            indices.indices.map { column in (0..<gathered.rows).map { a[$0 * indices.count + column] } }
        }
    }

    public func weightedSums(_ weights: [Float]) throws -> [Float] {
        try multiply(Tensor([1, weights.count], weights), .plain, values).values
    }
}
