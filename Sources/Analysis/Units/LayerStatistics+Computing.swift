import LinearAlgebra

extension LayerStatistics {
    /// The statistics of activations [N, units].
    ///
    /// Read block by block, twice, for the deviations are taken around the mean and the bins lie between the extremes.
    /// Each core has units of its own, and every sum is one in double precision in the order of the images, so the
    /// result depends neither on the blocks nor on the number of cores.
    ///
    /// - Parameters:
    ///   - predictions: the class predicted for each image, below `classes`.
    ///   - release: told of rows that are not read any more for now, so that whoever mapped them may let them go.
    package init(
        activations: Tensor, predictions: [Int], classes: Int, release: (Range<Int>) -> Void = { _ in }
    ) {
        precondition(activations.rows == predictions.count && predictions.allSatisfy { (0..<classes).contains($0) })
        let (rows, units) = (activations.rows, activations.columns)
        var counts = [Int](repeating: 0, count: classes)
        for c in predictions { counts[c] += 1 }
        let kept = min(rows, Self.extremes)
        let sums = UnitSums(units: units, classes: classes, kept: kept)
        func inBlocks(_ body: @Sendable (Range<Int>, Range<Int>) -> Void) {
            // 32 MB at a time.
            let block = max(1, (8 << 20) / max(1, units))
            let part = 64
            for range in blocks(of: rows, size: block) {
                parallel(blocks(of: units, size: part)) { body(range, $0) }
                release(range)
            }
        }
        activations.withUnsafe { a in
            // Read by all cores, and kept until they are done.
            nonisolated(unsafe) let a = a
            inBlocks { range, part in
                for row in range { sums.add(row, a.baseAddress! + row * units, part, class: predictions[row]) }
            }
            parallel(blocks(of: units, size: 64)) { sums.settle($0, rows: rows) }
            inBlocks { range, part in
                for row in range { sums.addAround(a.baseAddress! + row * units, part) }
            }
        }
        self.init(
            predictions: predictions, means: sums.means, deviations: sums.deviations(rows: rows),
            classMeans: sums.classMeans(counts), classCounts: counts, greatest: sums.greatest.images,
            least: sums.least.images, histograms: sums.histograms)
    }
}

/// Sums on their way. Each core writes those of its own units.
private final class UnitSums: @unchecked Sendable {
    private let units: Int
    private let classes: Int
    private let sums: UnsafeMutableBufferPointer<Double>
    private let squares: UnsafeMutableBufferPointer<Double>
    private let ofClasses: UnsafeMutableBufferPointer<Double>
    private let counts: UnsafeMutableBufferPointer<Float>
    private let mean: UnsafeMutableBufferPointer<Float>
    private let lower: UnsafeMutableBufferPointer<Float>
    private let scale: UnsafeMutableBufferPointer<Float>
    let greatest: RunningExtremes
    let least: RunningExtremes

    init(units: Int, classes: Int, kept: Int) {
        func zeros<Number: Numeric>(_ count: Int) -> UnsafeMutableBufferPointer<Number> {
            let buffer = UnsafeMutableBufferPointer<Number>.allocate(capacity: count)
            buffer.initialize(repeating: 0)
            return buffer
        }
        (self.units, self.classes) = (units, classes)
        (sums, squares, ofClasses) = (zeros(units), zeros(units), zeros(units * classes))
        (counts, mean, lower, scale) = (zeros(units * LayerStatistics.bins), zeros(units), zeros(units), zeros(units))
        greatest = RunningExtremes(units: units, kept: kept, sign: 1)
        least = RunningExtremes(units: units, kept: kept, sign: -1)
    }

    deinit {
        for buffer in [sums, squares, ofClasses] { buffer.deallocate() }
        for buffer in [counts, mean, lower, scale] { buffer.deallocate() }
    }

    /// One image's activations of some units.
    func add(_ row: Int, _ a: UnsafePointer<Float>, _ part: Range<Int>, class c: Int) {
        let ofClass = ofClasses.baseAddress! + c * units
        for unit in part {
            sums[unit] += Double(a[unit])
            ofClass[unit] += Double(a[unit])
            greatest.take(row, a[unit], of: unit)
            least.take(row, a[unit], of: unit)
        }
    }

    /// Between the two passes.
    func settle(_ part: Range<Int>, rows: Int) {
        for unit in part {
            mean[unit] = Float(sums[unit] / Double(max(1, rows)))
            let (low, high) = (least.extreme(of: unit), greatest.extreme(of: unit))
            lower[unit] = low
            scale[unit] = high > low ? Float(LayerStatistics.bins) / (high - low) : 0
        }
    }

    func addAround(_ a: UnsafePointer<Float>, _ part: Range<Int>) {
        let bins = LayerStatistics.bins
        for unit in part {
            let d = Double(a[unit] - mean[unit])
            squares[unit] += d * d
            let place = (a[unit] - lower[unit]) * scale[unit]
            guard place.isFinite else { continue }
            counts[unit * bins + min(bins - 1, Int(place))] += 1
        }
    }

    var means: [Float] { Array(mean) }

    func deviations(rows: Int) -> [Float] {
        squares.map { Float(($0 / Double(max(1, rows))).squareRoot()) }
    }

    func classMeans(_ counts: [Int]) -> Tensor {
        Tensor([classes, units]) { target in
            for (c, count) in counts.enumerated() {
                for at in c * units..<(c + 1) * units { target[at] = Float(ofClasses[at] / Double(max(1, count))) }
            }
        }
    }

    var histograms: Tensor { Tensor([units, LayerStatistics.bins], counts) }
}

/// The images of greatest activation times `sign` so far, of every unit, in order.
private final class RunningExtremes: @unchecked Sendable {
    private let kept: Int
    private let sign: Float
    private let positions: UnsafeMutableBufferPointer<Float>
    private let values: UnsafeMutableBufferPointer<Float>
    /// What another must be greater than, once `kept` are there.
    private let bars: UnsafeMutableBufferPointer<Float>
    private let filled: UnsafeMutableBufferPointer<Int>

    init(units: Int, kept: Int, sign: Float) {
        (self.kept, self.sign) = (kept, sign)
        positions = .allocate(capacity: units * kept)
        values = .allocate(capacity: units * kept)
        bars = .allocate(capacity: units)
        filled = .allocate(capacity: units)
        positions.initialize(repeating: 0)
        values.initialize(repeating: 0)
        bars.initialize(repeating: -.infinity)
        filled.initialize(repeating: 0)
    }

    deinit {
        for buffer in [positions, values, bars] { buffer.deallocate() }
        filled.deallocate()
    }

    /// Takes a value in, kept in descending order, of equals the earlier image first; NaN counts as the least.
    @inline(__always)
    func take(_ row: Int, _ activation: Float, of unit: Int) {
        let value = sign * activation
        if value > bars[unit] || filled[unit] < kept { insert(row, value, of: unit) }
    }

    private func insert(_ row: Int, _ value: Float, of unit: Int) {
        let start = unit * kept
        let rank = value.isNaN ? -Float.infinity : value
        var at = filled[unit] < kept ? filled[unit] : kept - 1
        filled[unit] = min(kept, filled[unit] + 1)
        while at > 0, rank > (values[start + at - 1].isNaN ? -.infinity : values[start + at - 1]) {
            values[start + at] = values[start + at - 1]
            positions[start + at] = positions[start + at - 1]
            at -= 1
        }
        values[start + at] = value
        positions[start + at] = Float(row)
        if filled[unit] == kept { bars[unit] = max(values[start + kept - 1], -.infinity) }
    }

    func extreme(of unit: Int) -> Float { kept > 0 ? sign * values[unit * kept] : 0 }

    var images: ExtremeImages {
        let units = filled.count
        return ExtremeImages(
            positions: Tensor([units, kept], positions), activations: Tensor([units, kept], values.map { sign * $0 }))
    }
}
