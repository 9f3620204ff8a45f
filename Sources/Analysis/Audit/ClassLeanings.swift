import LinearAlgebra

/// How far each class leans on each neuron: what removing it takes off the class's logit, mean over the class's images.
///
/// ā_{i,c} (V_{c,i} - mean over classes of V_{·,i}), with V the linear rest of the network, logits centred over classes.
/// Removing several neurons takes off the sum, exactly; scaling them by β adds (β - 1) times it. Of cosines each image's
/// activations are over the length of its embedding, which is held.
package struct ClassLeanings: Sendable, Equatable {
    /// [units, classes]
    package let values: Tensor

    package init(values: Tensor) { self.values = values }

    package var units: Int { values.rows }
    package var classes: Int { values.columns }

    /// What a set of neurons comes to: one value a class.
    package func sums(_ units: [Int]) -> [Float] {
        var sums = [Float](repeating: 0, count: classes)
        values.withUnsafe { a in
            for unit in units { for c in sums.indices { sums[c] += a[unit * classes + c] } }
        }
        return sums
    }
}

extension CountedImages {
    /// On some of the images, by their true classes; nil where the rest of the network is not linear in the neurons.
    package func leanings(of images: [Int]) throws -> ClassLeanings? {
        guard case .linear(let remainder) = remainder else { return nil }
        let (classes, units) = (remainder.weights.rows, remainder.weights.columns)
        let means = activations.means(ofRows: images, groups: labels, count: classes, over: try lengths.value).means
        return ClassLeanings(
            values: Tensor([units, classes]) { target in
                means.withUnsafe { a in
                    remainder.weights.withUnsafe { v in
                        for i in 0..<units {
                            var mean: Float = 0
                            for c in 0..<classes { mean += v[c * units + i] }
                            mean /= Float(max(1, classes))
                            for c in 0..<classes {
                                target[i * classes + c] = a[c * units + i] * (v[c * units + i] - mean)
                            }
                        }
                    }
                }
            })
    }
}

extension Tensor {
    /// Means of some rows by the group each belongs to, an index below `count`; negative belongs nowhere. Zero for an empty
    /// group: [count, columns], with the rows of each.
    ///
    /// - Parameters:
    ///   - group: of every row.
    ///   - lengths: what each row is divided by; nil for nothing.
    package func means(
        ofRows rows: [Int], groups group: [Int], count: Int, over lengths: [Float]? = nil
    ) -> (means: Tensor, counts: [Int]) {
        let columns = columns
        var (sums, counts) = ([Float](repeating: 0, count: count * columns), [Int](repeating: 0, count: count))
        // Block by block, so that little of a mapped file is held.
        for block in blocks(of: rows.count, size: 1024) {
            withUnsafe { a in
                for row in rows[block] where group[row] >= 0 {
                    let (into, from) = (group[row] * columns, row * columns)
                    let scale = lengths.map { $0[row] > 0 ? 1 / $0[row] : 1 } ?? 1
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
