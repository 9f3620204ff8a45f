import LinearAlgebra

extension UnitQuality {
    /// The quality of every unit, in order.
    ///
    /// - Parameters:
    ///   - embeddings: u of each unit, unit rows [units, d].
    ///   - probe: activations of the layer on N probe images.
    ///   - imageEmbeddings: E_i of the probe images, unit rows [N, e].
    ///   - checkCancellation: asked now and then.
    public static func measure(
        _ units: [InternalUnit], embeddings: Tensor, probe: ProbeActivations, imageEmbeddings: Tensor,
        checkCancellation: () throws -> Void
    ) rethrows -> [UnitQuality] {
        precondition(units.count == embeddings.rows && probe.values.rows == imageEmbeddings.rows)
        let baseline = meanPairwiseCosine(imageEmbeddings)
        let redundancies = try redundancies(units, embeddings, checkCancellation)
        let isDead = dead(probe)
        // Columns are gathered a few at a time: one by one, each would read every line of the matrix from memory.
        var qualities = [UnitQuality?](repeating: nil, count: units.count)
        let places = Dictionary(grouping: units.indices) { units[$0].index }
        for first in stride(from: 0, to: probe.values.columns, by: 32) {
            try checkCancellation()
            let neurons = (first..<min(probe.values.columns, first + 32)).filter { places[$0] != nil }
            let gathered = Tensor([probe.values.rows, neurons.count], probe.values.columns(at: neurons).values)
            let jobs = neurons.enumerated().flatMap { column, neuron in places[neuron]!.map { (column, $0) } }
            let measured = parallelMap(jobs.count) { job -> UnitQuality in
                let (column, place) = jobs[job]
                let unit = units[place]
                let sign = unit.pole?.sign ?? 1
                let along = gathered.withUnsafe { a in
                    (0..<gathered.rows).map { sign * a[$0 * gathered.columns + column] }
                }
                let top = imageEmbeddings.rows(at: TopK.indices(of: along, count: topImages))
                let (selectivity, best) = probe.selectivity(of: unit)
                return UnitQuality(
                    clarity: isDead[unit.index] ? 0 : meanPairwiseCosine(top) - baseline,
                    polysemanticity: isDead[unit.index] ? 0 : division(of: top),
                    redundancy: redundancies[place], selectivity: isDead[unit.index] ? 0 : selectivity,
                    selectiveClass: best, isDead: isDead[unit.index])
            }
            for (job, quality) in zip(jobs, measured) { qualities[job.1] = quality }
        }
        return qualities.compactMap { $0 }
    }

    /// Mean cosine over pairs of k unit rows, in O(k d): (‖Σ e‖² - k) / (k (k - 1)). 0 for fewer than two.
    static func meanPairwiseCosine(_ rows: Tensor) -> Float {
        let k = Double(rows.rows)
        guard k > 1 else { return 0 }
        let squaredNorm = rows.columnMeans().reduce(0.0) { $0 + Double($1) * Double($1) } * k * k
        return Float((squaredNorm - k) / (k * (k - 1)))
    }

    /// 2 s (1 - cos(μ₁, μ₂)) of spherical 2-means, begun at the first row and the row farthest from it.
    static func division(of rows: Tensor) -> Float {
        let (k, d) = (rows.rows, rows.columns)
        guard k > 1 else { return 0 }
        let vectors = (0..<k).map(rows.row)
        func cosine(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        func unit(_ a: [Float]) -> [Float] {
            let norm = cosine(a, a).squareRoot()
            return norm > 0 ? a.map { $0 / norm } : a
        }
        let seed = vectors.indices.min { cosine(vectors[0], vectors[$0]) < cosine(vectors[0], vectors[$1]) } ?? 0
        var means = [vectors[0], vectors[seed]]
        var isSecond = [Bool](repeating: false, count: k)
        for _ in 0..<20 {
            let next = vectors.map { cosine($0, means[1]) > cosine($0, means[0]) }
            if next == isSecond { break }
            isSecond = next
            for part in 0..<2 {
                let members = vectors.indices.filter { isSecond[$0] == (part == 1) }
                guard !members.isEmpty else { return 0 }
                means[part] = unit(
                    members.reduce(into: [Float](repeating: 0, count: d)) { sum, member in
                        for i in 0..<d { sum[i] += vectors[member][i] }
                    })
            }
        }
        let second = isSecond.count { $0 }
        return 2 * Float(min(second, k - second)) / Float(k) * (1 - cosine(means[0], means[1]))
    }

    /// Of each unit the largest cosine with a unit of another neuron; 0 where there is none.
    private static func redundancies(
        _ units: [InternalUnit], _ embeddings: Tensor, _ checkCancellation: () throws -> Void
    ) rethrows -> [Float] {
        let n = units.count
        let block = max(1, min(256, (1 << 20) / max(1, n)))
        var result: [Float] = []
        for first in stride(from: 0, to: n, by: 8 * block) {
            try checkCancellation()
            let starts = Array(stride(from: first, to: min(n, first + 8 * block), by: block))
            result += parallelMap(starts.count) { part -> [Float] in
                let rows = starts[part]..<min(n, starts[part] + block)
                let cosines = multiply(embeddings.rows(rows), .plain, embeddings, .transposed)
                return cosines.withUnsafe { cosines in
                    rows.map { row in
                        var largest = -Float.infinity
                        for other in 0..<n where units[other].index != units[row].index {
                            largest = max(largest, cosines[(row - rows.lowerBound) * n + other])
                        }
                        return largest.isFinite ? largest : 0
                    }
                }
            }.flatMap { $0 }
        }
        return result
    }

    /// Neurons whose deviation is nothing beside the layer's median.
    private static func dead(_ probe: ProbeActivations) -> [Bool] {
        let sorted = probe.deviations.sorted()
        let typical = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        return zip(probe.deviations, probe.means).map { $0 <= 1e-6 * max(typical, abs($1)) }
    }
}

extension ClassMeans {
    /// The class on which a unit is most active along its pole; nil where all images were predicted as one class.
    public func mostActiveClass(of unit: InternalUnit) -> Int? {
        let seen = counts.indices.filter { counts[$0] > 0 }
        let sign = unit.pole?.sign ?? 1
        guard seen.count > 1 else { return nil }
        return seen.max { sign * means[$0, unit.index] < sign * means[$1, unit.index] }
    }
}

extension ProbeActivations {
    /// (μ_best - μ_others) / σ along the pole, and the best class.
    fileprivate func selectivity(of unit: InternalUnit) -> (Float, Int?) {
        guard let best = classMeans.mostActiveClass(of: unit) else { return (0, nil) }
        let (mean, size, total) = (
            classMeans.means[best, unit.index], Float(classMeans.counts[best]), Float(predictions.count)
        )
        let others = (means[unit.index] * total - mean * size) / (total - size)
        let deviation = deviations[unit.index]
        return (deviation > 0 ? (unit.pole?.sign ?? 1) * (mean - others) / deviation : 0, best)
    }
}
