import LinearAlgebra

/// How far each class leans on each unit: what removing it takes off the class's logit, mean over the class's images.
///
/// ā_{i,c} (V_{c,i} - mean over classes of V_{·,i}), with V the linear rest of the network, logits centred over classes.
/// Removing several neurons takes off the sum, exactly; scaling them by β adds (β - 1) times it. Of features f̄_{j,c} and
/// V d_j stand in their place. Of cosines each image's activations are over the length of its embedding, which is held.
package struct ClassLeanings: Sendable, Equatable {
    /// [units, classes]
    package let values: Tensor

    package init(values: Tensor) { self.values = values }

    package var units: Int { values.rows }
    package var classes: Int { values.columns }

    /// What a set of units comes to: one value a class.
    package func sums(_ units: [Int]) -> [Float] {
        var sums = [Float](repeating: 0, count: classes)
        values.withUnsafe { a in
            for unit in units { for c in sums.indices { sums[c] += a[unit * classes + c] } }
        }
        return sums
    }
}

extension ClassLeanings {
    /// - Parameters:
    ///   - means: of every unit's activation over each class's images: [classes, units].
    ///   - effects: what a step along each unit adds to every class's logit: [units, classes].
    package init(means: Tensor, effects: Tensor) {
        let (units, classes) = (effects.rows, effects.columns)
        precondition(means.shape == [classes, units])
        self.init(
            values: Tensor([units, classes]) { target in
                means.withUnsafe { a in
                    effects.withUnsafe { v in
                        for i in 0..<units {
                            var mean: Float = 0
                            for c in 0..<classes { mean += v[i * classes + c] }
                            mean /= Float(max(1, classes))
                            for c in 0..<classes {
                                target[i * classes + c] = a[c * units + i] * (v[i * classes + c] - mean)
                            }
                        }
                    }
                }
            })
    }
}

extension CountedImages {
    /// On some of the images, by their true classes; nil where the rest of the network is not linear in the units.
    ///
    /// - Parameters:
    ///   - units: activations of all units on every image: [N, units].
    ///   - scales: what the units' activations are multiplied by, one value an image; nil for nothing.
    package func leanings(
        of images: [Int], units: ActivationRows, along directions: UnitDirections, scales: [Float]? = nil
    ) throws -> ClassLeanings? {
        guard case .linear(let remainder) = remainder else { return nil }
        var weights = scales
        // A row without a length is divided by nothing, as the model leaves it.
        if let lengths = try lengths.value {
            weights = lengths.indices.map { (scales?[$0] ?? 1) / (lengths[$0] > 0 ? lengths[$0] : 1) }
        }
        return ClassLeanings(
            means: units.means(ofRows: images, groups: labels, count: remainder.weights.rows, weights: weights).means,
            effects: remainder.weights(along: directions))
    }
}

extension ActivationRows {
    /// `Tensor.means`, of either kind.
    package func means(
        ofRows rows: [Int], groups group: [Int], count: Int, weights: [Float]? = nil
    ) -> (means: Tensor, counts: [Int]) {
        let codes: SparseRows
        switch self {
        case .dense(let values): return values.means(ofRows: rows, groups: group, count: count, weights: weights)
        case .sparse(let values): codes = values
        }
        var (means, counts) = (Tensor([count, columns]), [Int](repeating: 0, count: count))
        for row in rows where group[row] >= 0 { counts[group[row]] += 1 }
        let columns = columns
        means.withUnsafeMutable { means in
            for row in rows where group[row] >= 0 {
                let scale = (weights?[row] ?? 1) / Float(counts[group[row]])
                for at in codes.range(of: row) {
                    means[group[row] * columns + Int(codes.indices[at])] += scale * codes.values[at]
                }
            }
        }
        return (means, counts)
    }
}

extension Tensor {
    /// Means of some rows by the group each belongs to, an index below `count`; negative belongs nowhere. Zero for an empty
    /// group: [count, columns], with the rows of each.
    ///
    /// - Parameters:
    ///   - group: of every row.
    ///   - weights: what each row is multiplied by; nil for nothing.
    package func means(
        ofRows rows: [Int], groups group: [Int], count: Int, weights: [Float]? = nil
    ) -> (means: Tensor, counts: [Int]) {
        let columns = columns
        var (sums, counts) = ([Float](repeating: 0, count: count * columns), [Int](repeating: 0, count: count))
        // Block by block, so that little of a mapped file is held.
        for block in blocks(of: rows.count, size: 1024) {
            withUnsafe { a in
                for row in rows[block] where group[row] >= 0 {
                    let (into, from) = (group[row] * columns, row * columns)
                    let scale = weights?[row] ?? 1
                    for i in 0..<columns { sums[into + i] += scale * a[from + i] }
                    counts[group[row]] += 1
                }
            }
            if let first = rows[block].min(), let last = rows[block].max() { release(rows: first..<last + 1) }
        }
        for g in 0..<count where counts[g] > 0 {
            for i in 0..<columns { sums[g * columns + i] /= Float(counts[g]) }
        }
        return (Tensor([count, columns], sums), counts)
    }
}
