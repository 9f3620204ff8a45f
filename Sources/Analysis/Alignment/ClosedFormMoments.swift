import LinearAlgebra

/// What the closed form reads of images, one row each.
struct ClosedFormSource {
    /// A [N, units], L [N, classes], E [N, d]
    private let activations, logits, embeddings: Tensor
    private let centre: (activations: [Float], logits: [Float], images: [Float])

    init(activations: Tensor, logits: Tensor, embeddings: Tensor) {
        (self.activations, self.logits, self.embeddings) = (activations, logits, embeddings)
        centre = (activations.means(), logits.means(), embeddings.means())
    }

    /// Those of some images; what is read of a mapped file is let go, soonest where they are in order.
    func moments(of images: [Int], _ checkCancellation: () throws -> Void) throws -> ClosedFormMoments {
        let units = activations.columns
        var moments = ClosedFormMoments(units: units, classes: logits.columns, width: embeddings.columns)
        for block in blocks(of: images.count, size: max(64, (1 << 21) / max(1, units))) {
            try checkCancellation()
            let rows = Array(images[block])
            defer {
                if let first = rows.min(), let last = rows.max() {
                    for x in [activations, logits, embeddings] { x.release(rows: first..<last + 1) }
                }
            }
            moments.add(
                activations.rows(at: rows).less(centre.activations), logits.rows(at: rows).less(centre.logits),
                embeddings.rows(at: rows).less(centre.images))
        }
        return moments
    }
}

/// Sums over images of products of activations, logits and embeddings, each less a mean that all sums share: those of all
/// images less those of some are those of the others.
struct ClosedFormMoments {
    private var count = 0
    /// Σ a, Σ l and Σ e.
    private var sums: [[Double]]
    /// Σ a aᵀ [units, units], Σ a lᵀ [units, classes] and Σ a eᵀ [units, d]
    private var products: [Tensor]

    init(units: Int, classes: Int, width: Int) {
        sums = [units, classes, width].map { Array(repeating: 0, count: $0) }
        products = [units, classes, width].map { Tensor([units, $0]) }
    }

    mutating func add(_ activations: Tensor, _ logits: Tensor, _ embeddings: Tensor) {
        count += activations.rows
        for (place, x) in [activations, logits, embeddings].enumerated() {
            accumulate(activations, x, into: &products[place])
            x.addColumns(to: &sums[place])
        }
    }

    /// Those of the images that are not among `y`'s, which are among these.
    static func - (x: ClosedFormMoments, y: ClosedFormMoments) -> ClosedFormMoments {
        var rest = x
        rest.count -= y.count
        for place in x.sums.indices {
            for i in y.sums[place].indices { rest.sums[place][i] -= y.sums[place][i] }
            rest.products[place].subtract(y.products[place])
        }
        return rest
    }

    /// AᵀA/N, Aᵀ L/N and AᵀE/N about the means of these images themselves.
    var centred: (gram: Tensor, logits: Tensor, images: Tensor) {
        let share = 1 / Double(max(1, count))
        let about = zip(products, sums).map { products, right in
            Tensor(products.shape) { target in
                products.withUnsafe { x in
                    for i in sums[0].indices {
                        let mean = sums[0][i] * share
                        for j in right.indices {
                            let at = i * right.count + j
                            target[at] = Float(Double(x[at]) * share - mean * right[j] * share)
                        }
                    }
                }
            }
        }
        return (about[0], about[1], about[2])
    }
}

/// The axes in which the closed form of some images is diagonal, whatever the classes' vectors.
package struct ClosedFormAxes: Sendable {
    let moments: ClosedFormMoments
    /// Eigenvectors by row, and eigenvalues, of AᵀA/N.
    let units: SymmetricEigen
    /// Uᵀ Aᵀ L/N [units, classes] and Uᵀ Aᵀ E/N [units, d]
    let logits, images: Tensor

    /// Nil where the activations are not finite.
    init?(_ moments: ClosedFormMoments) {
        let (gram, logits, images) = moments.centred
        guard let units = SymmetricEigen(gram) else { return nil }
        (self.moments, self.units) = (moments, units)
        self.logits = multiply(units.vectors, .plain, logits)
        self.images = multiply(units.vectors, .plain, images)
    }

    /// The mean eigenvalue, which λ is told in.
    var meanEigenvalue: Float {
        units.values.reduce(0) { $0 + max(0, $1) } / Float(max(1, units.values.count))
    }
}

/// sum += xᵀ y, the rows of `sum` divided among the cores.
private func accumulate(_ x: Tensor, _ y: Tensor, into sum: inout Tensor) {
    let (rows, m, n) = (x.rows, x.columns, y.columns)
    sum.withUnsafeMutable { sum in
        nonisolated(unsafe) let sum = sum.baseAddress!
        x.withUnsafe { x in
            nonisolated(unsafe) let x = x.baseAddress!
            y.withUnsafe { y in
                nonisolated(unsafe) let y = y.baseAddress!
                parallel(blocks(of: m, size: max(64, (m + cores - 1) / cores))) { part in
                    multiply(
                        m: part.count, n: n, k: rows, alpha: 1, x + part.lowerBound, lda: m, .transposed, y,
                        ldb: n, .plain, beta: 1, into: sum + part.lowerBound * n, ldc: n)
                }
            }
        }
    }
}

extension Tensor {
    /// The mean row; what is read of a mapped file is let go.
    fileprivate func means() -> [Float] {
        var sums = [Double](repeating: 0, count: columns)
        for block in blocks(of: rows, size: 1024) {
            rows(block).addColumns(to: &sums)
            release(rows: block)
        }
        return sums.map { Float($0 / Double(Swift.max(1, rows))) }
    }

    fileprivate func addColumns(to sums: inout [Double]) {
        let columns = columns
        withUnsafe { x in
            sums.withUnsafeMutableBufferPointer { sums in
                for row in 0..<rows { for c in 0..<columns { sums[c] += Double(x[row * columns + c]) } }
            }
        }
    }

    /// Each row less `means`.
    fileprivate func less(_ means: [Float]) -> Tensor {
        let columns = columns
        return Tensor(shape) { target in
            withUnsafe { x in for at in x.indices { target[at] = x[at] - means[at % columns] } }
        }
    }

    fileprivate mutating func subtract(_ other: Tensor) {
        withUnsafeMutable { x in other.withUnsafe { y in for at in x.indices { x[at] -= y[at] } } }
    }
}
