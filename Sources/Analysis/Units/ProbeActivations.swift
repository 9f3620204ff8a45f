import LinearAlgebra

/// The target layer's activations on the probe images: their statistics at once, themselves when they are asked for.
package struct ProbeActivations: Sendable {
    package let statistics: LayerStatistics
    private let activations: Once<Tensor>

    /// - Parameter activations: a [N, units], read when first needed.
    package init(statistics: LayerStatistics, activations: Once<Tensor>) {
        self.statistics = statistics
        self.activations = activations
    }

    /// - Parameters:
    ///   - values: a [N, units]
    ///   - predictions: the class predicted for each image.
    package init(values: Tensor, predictions: [Int], classes: Int) {
        self.init(
            statistics: LayerStatistics(activations: values, predictions: predictions, classes: classes),
            activations: Once(value: values))
    }

    /// a: [N, units]
    package var values: Tensor { get throws { try activations.value } }
}

extension ProbeActivations: UnitStatistics {
    package var imageCount: Int { statistics.imageCount }
    package var unitCount: Int { statistics.unitCount }
    package var predictions: [Int] { statistics.predictions }
    package var means: [Float] { statistics.means }
    package var deviations: [Float] { statistics.deviations }
    package var isSilentAtZero: Bool { false }

    package func classCount(_ c: Int) -> Int { statistics.classCounts[c] }
    package func classMean(_ c: Int) -> [Float] { statistics.classMeans.row(c) }
    package func meansByClass(of index: Int) -> [Float] { statistics.classMeans.columns(at: [index]).values }

    package func extremes(of unit: InternalUnit, count: Int) throws -> ExtremeActivations {
        try statistics.extremes(of: unit, count: count) ?? extremes(of: unit, among: column(unit.index), count: count)
    }

    package func histogram(of index: Int) -> Histogram { statistics.histogram(of: index) }

    package func rows() throws -> ActivationRows { .dense(try values) }

    package func column(_ index: Int) throws -> [Float] { try values.columns(at: [index]).values }

    /// Gathered in one pass: each by itself would read every line of the matrix from memory.
    package func columns(_ indices: [Int]) throws -> [[Float]] {
        let gathered = try values.columns(at: indices)
        return gathered.withUnsafe { a in
            indices.indices.map { column in (0..<gathered.rows).map { a[$0 * indices.count + column] } }
        }
    }

    package func weightedSums(_ weights: [Float], checkCancellation: () throws -> Void) throws -> [Float] {
        let values = try values
        guard values.count > Self.readAtOnce else {
            return multiply(Tensor([1, weights.count], weights), .plain, values).values
        }
        // Block by block, each on all cores, so that little of a mapped file is held and a newer question can come.
        let (rows, units) = (values.rows, values.columns)
        var sums = [Float](repeating: 0, count: units)
        let block = max(1, Self.readAtOnce / max(1, units) / 2)
        for range in blocks(of: rows, size: block) {
            try checkCancellation()
            let shares = blocks(of: range, size: (range.count + cores - 1) / cores)
            let parts = parallelMap(shares) { share in
                // Each core gives back what it read: to unmap pages takes half as long as to read them.
                defer { values.release(rows: share) }
                return weightedRows(values, share, weights)
            }
            for part in parts { for unit in 0..<units { sums[unit] += part[unit] } }
        }
        return sums
    }

    /// Σ weights over some images of every unit's activation.
    private func weightedRows(_ values: Tensor, _ rows: Range<Int>, _ weights: [Float]) -> [Float] {
        let units = values.columns
        var sums = [Float](repeating: 0, count: units)
        sums.withUnsafeMutableBufferPointer { sums in
            values.withUnsafe { a in
                weights.withUnsafeBufferPointer { weights in
                    // A few rows at a time, so that memory is read in its order.
                    for few in blocks(of: rows, size: 8) {
                        let first = few.lowerBound
                        moveRow(
                            sums.baseAddress!, a.baseAddress! + first * units, weights.baseAddress! + first,
                            moves: few.count, count: units, into: sums.baseAddress!)
                    }
                }
            }
        }
        return sums
    }

    /// Elements up to which activations are read as one: 64 MB.
    private static let readAtOnce = 1 << 24

    /// ā_{i,c} of a concept that is no class, from the images most similar to it and, for the rest of the weight, the
    /// means of the classes they were predicted as; nil where reading all activations is as quick.
    ///
    /// - Parameter weights: one an image, of sum 1.
    package func estimatedSums(_ weights: [Float]) throws -> [Float]? {
        guard imageCount * unitCount > Self.readAtOnce else { return nil }
        let nearest = TopK.indices(of: weights, count: 1000).sorted()
        var ofClasses = [Float](repeating: 0, count: statistics.classCounts.count)
        for (image, c) in predictions.enumerated() { ofClasses[c] += weights[image] }
        for image in nearest { ofClasses[predictions[image]] -= weights[image] }
        let values = try values
        let rows = values.rows(at: nearest)
        values.release(rows: 0..<values.rows)
        let own = weightedRows(rows, 0..<nearest.count, nearest.map { weights[$0] })
        let rest = weightedRows(statistics.classMeans, 0..<ofClasses.count, ofClasses)
        return zip(own, rest).map { $0 + $1 }
    }
}
