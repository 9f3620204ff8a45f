import LinearAlgebra

/// E_n solved instead of trained, with both anchors kept: the W that minimises
///
///     α ‖A W Cᵀ - L‖² + ‖A W - E‖² + λ ā N ‖W‖²
///
/// over A, the activations [N, units]; L, the model's logits, centred over classes and images: its whole answer and not only
/// its first; E, the images' embeddings; C, the classes' embeddings; all centred, ā the mean eigenvalue of AᵀA/N. With
/// AᵀA/N = U diag(a) Uᵀ and CᵀC = V diag(s) Vᵀ,
///
///     W = U [ (Uᵀ Aᵀ(α L C + E)/N V)_ij / (a_i (α s_j + 1) + λ ā) ] Vᵀ.
///
/// α weighs what the model answers against what the image shows. No seed has a part in W.
package struct ClosedForm: Sendable {
    /// Eigenvectors by row, and eigenvalues, of AᵀA/N and CᵀC.
    private let units: SymmetricEigen
    private let concepts: SymmetricEigen
    /// Uᵀ Aᵀ L C V / N and Uᵀ Aᵀ E V / N: [units, d]
    private let answers: Tensor
    private let images: Tensor
    private let meanEigenvalue: Float

    /// Nil where the activations are not finite.
    ///
    /// - Parameters:
    ///   - activations: A [N, units], `logits` [N, classes] and `embeddings` [N, d] of the same images.
    ///   - classes: unit rows [classes, d].
    ///   - checkCancellation: asked between blocks of images.
    package init?(
        activations: Tensor, logits: Tensor, embeddings: Tensor, classes: Tensor, images indices: [Int],
        checkCancellation: () throws -> Void
    ) throws {
        let (n, d) = (activations.columns, embeddings.columns)
        let means = (
            a: activations.means(of: indices), e: embeddings.means(of: indices), l: logits.means(of: indices)
        )
        let centred = classes.centredColumns().0
        var gram = Tensor([n, n])
        var (answers, shown) = (Tensor([n, d]), Tensor([n, d]))
        let share = 1 / Float(max(1, indices.count))
        for block in blocks(of: indices.count, size: max(64, (1 << 21) / max(1, n))) {
            try checkCancellation()
            let rows = Array(indices[block])
            let a = activations.rows(at: rows).less(means.a)
            // Centring over the classes is done by C, whose rows sum to nothing.
            let lc = multiply(logits.rows(at: rows).less(means.l), .plain, centred)
            accumulate(a, a, share, into: &gram)
            accumulate(a, lc, share, into: &answers)
            accumulate(a, embeddings.rows(at: rows).less(means.e), share, into: &shown)
        }
        guard let units = SymmetricEigen(gram),
            let concepts = SymmetricEigen(multiply(centred, .transposed, centred))
        else { return nil }
        (self.units, self.concepts) = (units, concepts)
        func rotated(_ x: Tensor) -> Tensor {
            multiply(multiply(units.vectors, .plain, x), .plain, concepts.vectors, .transposed)
        }
        (self.answers, images) = (rotated(answers), rotated(shown))
        meanEigenvalue = units.values.reduce(0) { $0 + max(0, $1) } / Float(max(1, n))
    }

    /// W [units, d]; zero where the activations never change.
    package func weights(balance alpha: Float, shrinkage lambda: Float) -> Tensor {
        let (n, d) = (units.values.count, concepts.values.count)
        let inner = Tensor([n, d]) { target in
            answers.withUnsafe { answers in
                images.withUnsafe { images in
                    for i in 0..<n {
                        let a = max(0, units.values[i])
                        for j in 0..<d {
                            let s = max(0, concepts.values[j])
                            let scale = a * (alpha * s + 1) + lambda * meanEigenvalue
                            let at = i * d + j
                            target[at] = scale > 0 ? (alpha * answers[at] + images[at]) / scale : 0
                        }
                    }
                }
            }
        }
        return multiply(multiply(units.vectors, .transposed, inner), .plain, concepts.vectors)
    }
}

/// sum += share xᵀ y, the rows of `sum` divided among the cores.
private func accumulate(_ x: Tensor, _ y: Tensor, _ share: Float, into sum: inout Tensor) {
    let (rows, m, n) = (x.rows, x.columns, y.columns)
    sum.withUnsafeMutable { sum in
        nonisolated(unsafe) let sum = sum.baseAddress!
        x.withUnsafe { x in
            nonisolated(unsafe) let x = x.baseAddress!
            y.withUnsafe { y in
                nonisolated(unsafe) let y = y.baseAddress!
                parallel(blocks(of: m, size: max(64, (m + cores - 1) / cores))) { part in
                    multiply(
                        m: part.count, n: n, k: rows, alpha: share, x + part.lowerBound, lda: m, .transposed, y,
                        ldb: n, .plain, beta: 1, into: sum + part.lowerBound * n, ldc: n)
                }
            }
        }
    }
}

extension Tensor {
    /// The mean of some rows.
    fileprivate func means(of indices: [Int]) -> [Float] {
        let columns = columns
        var sums = [Double](repeating: 0, count: columns)
        withUnsafe { x in
            for row in indices { for c in 0..<columns { sums[c] += Double(x[row * columns + c]) } }
        }
        return sums.map { Float($0 / Double(Swift.max(1, indices.count))) }
    }

    /// Each row less `means`.
    fileprivate func less(_ means: [Float]) -> Tensor {
        var result = self
        let columns = columns
        result.withUnsafeMutable { x in for at in x.indices { x[at] -= means[at % columns] } }
        return result
    }
}
