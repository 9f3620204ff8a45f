import LinearAlgebra

/// What the closed form reads of images, one row each.
struct ClosedFormSource {
    /// A [N, units], L [N, classes], E [N, d]
    private let activations, logits, embeddings: Tensor
    /// C, centred over the classes, which centres L over them: [classes, d]
    private let classes: Tensor
    private let centre: ClosedFormMoments.Means

    /// - Parameter classes: unit rows [classes, d].
    init(activations: Tensor, logits: Tensor, embeddings: Tensor, classes: Tensor) {
        (self.activations, self.logits, self.embeddings) = (activations, logits, embeddings)
        self.classes = classes.centredColumns().0
        centre = ClosedFormMoments.Means(
            activations: activations.means(), answers: logits.means(), images: embeddings.means())
    }

    /// Those of some images; what is read of a mapped file is let go, soonest where they are in order.
    func moments(of images: [Int], _ checkCancellation: () throws -> Void) throws -> ClosedFormMoments {
        let (n, d) = (activations.columns, embeddings.columns)
        var moments = ClosedFormMoments(units: n, width: d)
        for block in blocks(of: images.count, size: max(64, (1 << 21) / max(1, n))) {
            try checkCancellation()
            let rows = Array(images[block])
            defer {
                if let first = rows.min(), let last = rows.max() {
                    for x in [activations, logits, embeddings] { x.release(rows: first..<last + 1) }
                }
            }
            moments.add(
                activations.rows(at: rows).less(centre.activations),
                multiply(logits.rows(at: rows).less(centre.answers), .plain, classes),
                embeddings.rows(at: rows).less(centre.images))
        }
        return moments
    }
}

/// Sums over images of products of activations, answers L C and embeddings, each less a mean that all sums share: those of
/// two sets of images add to those of both.
struct ClosedFormMoments {
    struct Means {
        var activations, answers, images: [Float]
    }

    private var count = 0
    /// Σ a, Σ L C and Σ e.
    private var sums: (activations: [Double], answers: [Double], images: [Double])
    /// Σ a aᵀ [units, units], Σ a (L C)ᵀ and Σ a eᵀ [units, d]
    private var gram, answers, images: Tensor

    init(units: Int, width: Int) {
        sums = (
            Array(repeating: 0, count: units), Array(repeating: 0, count: width), Array(repeating: 0, count: width)
        )
        (gram, answers, images) = (Tensor([units, units]), Tensor([units, width]), Tensor([units, width]))
    }

    mutating func add(_ activations: Tensor, _ answers: Tensor, _ images: Tensor) {
        count += activations.rows
        accumulate(activations, activations, into: &gram)
        accumulate(activations, answers, into: &self.answers)
        accumulate(activations, images, into: &self.images)
        activations.addColumns(to: &sums.activations)
        answers.addColumns(to: &sums.answers)
        images.addColumns(to: &sums.images)
    }

    static func + (x: ClosedFormMoments, y: ClosedFormMoments) -> ClosedFormMoments {
        var sum = x
        sum.count += y.count
        sum.gram.add(y.gram)
        sum.answers.add(y.answers)
        sum.images.add(y.images)
        for i in y.sums.activations.indices { sum.sums.activations[i] += y.sums.activations[i] }
        for i in y.sums.answers.indices { sum.sums.answers[i] += y.sums.answers[i] }
        for i in y.sums.images.indices { sum.sums.images[i] += y.sums.images[i] }
        return sum
    }

    /// AᵀA/N, Aᵀ L C/N and AᵀE/N about the means of these images themselves.
    var centred: (gram: Tensor, answers: Tensor, images: Tensor) {
        let share = 1 / Double(max(1, count))
        func about(_ products: Tensor, _ right: [Double]) -> Tensor {
            Tensor(products.shape) { target in
                products.withUnsafe { x in
                    for i in sums.activations.indices {
                        let mean = sums.activations[i] * share
                        for j in right.indices {
                            let at = i * right.count + j
                            target[at] = Float(Double(x[at]) * share - mean * right[j] * share)
                        }
                    }
                }
            }
        }
        return (about(gram, sums.activations), about(answers, sums.answers), about(images, sums.images))
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

    fileprivate mutating func add(_ other: Tensor) {
        withUnsafeMutable { x in other.withUnsafe { y in for at in x.indices { x[at] += y[at] } } }
    }
}
