import LinearAlgebra

extension UnitQuality {
    /// The quality of every unit, in order.
    ///
    /// - Parameters:
    ///   - embeddings: u of each unit, unit rows [units, d].
    ///   - probe: activations of the units on N probe images.
    ///   - imageEmbeddings: E_i of the probe images, unit rows [N, e].
    ///   - checkCancellation: asked now and then.
    package static func measure(
        _ units: [InternalUnit], embeddings: Tensor, probe: some UnitStatistics, imageEmbeddings: Tensor,
        checkCancellation: () throws -> Void
    ) throws -> [UnitQuality] {
        precondition(units.count == embeddings.rows && probe.imageCount == imageEmbeddings.rows)
        let baseline = meanPairwiseCosine(imageEmbeddings)
        let redundancies = try redundancies(units, embeddings, checkCancellation)
        let isDead = dead(probe)
        var qualities: [UnitQuality] = []
        // Few between two checks, so that whoever waits for the cores gets them.
        for block in blocks(of: units.count, size: 8 * cores) {
            try checkCancellation()
            qualities += try parallelMap(block.count) { place -> Result<UnitQuality, any Error> in
                let index = block.lowerBound + place
                let (unit, redundancy) = (units[index], redundancies[index])
                let (selectivity, best) = probe.selectivity(of: unit)
                guard !isDead[unit.index] else {
                    return .success(
                        UnitQuality(
                            clarity: 0, polysemanticity: 0, redundancy: redundancy, selectivity: 0,
                            selectiveClass: best, isDead: true))
                }
                return Result {
                    let top = imageEmbeddings.rows(at: try mostActivating(unit, probe))
                    return UnitQuality(
                        clarity: top.rows > 1 ? meanPairwiseCosine(top) - baseline : 0,
                        polysemanticity: division(of: top), redundancy: redundancy, selectivity: selectivity,
                        selectiveClass: best, isDead: false)
                }
            }.map { try $0.get() }
        }
        return qualities
    }

    /// The `topImages` images on which a unit is most active along its pole; of one that zero silences only its own.
    private static func mostActivating(_ unit: InternalUnit, _ probe: some UnitStatistics) throws -> [Int] {
        let most = try probe.extremes(of: unit, count: topImages).most
        return (probe.isSilentAtZero ? most.filter { $0.activation > 0 } : most).map(\.image)
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

    /// Of each unit the largest cosine with another neuron's or feature; 0 where there is none.
    private static func redundancies(
        _ units: [InternalUnit], _ embeddings: Tensor, _ checkCancellation: () throws -> Void
    ) rethrows -> [Float] {
        let indices = units.map { Int32($0.index) }
        let (n, tile) = (units.count, 2048)
        var result: [Float] = []
        for rows in blocks(of: n, size: 128) {
            var largest = [Float](repeating: -.infinity, count: rows.count)
            // A tile a core between two checks: a few milliseconds, so that whoever waits for the cores gets them.
            for tiles in blocks(of: n, size: cores * tile) {
                try checkCancellation()
                let parts = parallelMap(blocks(of: tiles, size: tile)) { others in
                    largestCosines(embeddings, rows, others, indices)
                }
                for part in parts {
                    for (row, cosine) in part.enumerated() { largest[row] = max(largest[row], cosine) }
                }
            }
            result += largest.map { $0.isFinite ? $0 : 0 }
        }
        return result
    }

    /// Of each of some rows the largest cosine with those of a range that have another index.
    private static func largestCosines(
        _ embeddings: Tensor, _ rows: Range<Int>, _ range: Range<Int>, _ indices: [Int32]
    ) -> [Float] {
        innerProducts(embeddings, rows, embeddings, range).withUnsafe { cosines in
            indices.withUnsafeBufferPointer { indices in
                rows.map { row in
                    let line = (row - rows.lowerBound) * range.count - range.lowerBound
                    var largest = -Float.infinity
                    for other in range where indices[other] != indices[row] && cosines[line + other] > largest {
                        largest = cosines[line + other]
                    }
                    return largest
                }
            }
        }
    }

    /// Units whose deviation is nothing beside the layer's median.
    private static func dead(_ probe: some UnitStatistics) -> [Bool] {
        let sorted = probe.deviations.sorted()
        let typical = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        return zip(probe.deviations, probe.means).map { $0 <= 1e-6 * max(typical, abs($1)) }
    }
}

extension UnitStatistics {
    /// (μ_best - μ_others) / σ along the pole, and the best class.
    fileprivate func selectivity(of unit: InternalUnit) -> (Float, Int?) {
        guard let best = mostActiveClass(of: unit) else { return (0, nil) }
        let (mean, size, total) = (
            meansByClass(of: unit.index)[best], Float(classCount(best)), Float(imageCount)
        )
        let others = (means[unit.index] * total - mean * size) / (total - size)
        let deviation = deviations[unit.index]
        return (deviation > 0 ? (unit.pole?.sign ?? 1) * (mean - others) / deviation : 0, best)
    }
}
