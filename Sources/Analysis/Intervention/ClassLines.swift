import LinearAlgebra

/// Per image, the logits of all classes as lines p + (β - origin) q, with the image's true class.
package struct ClassLines: Sendable, Equatable {
    /// The β at which the logits are p.
    package let origin: Double
    /// One class an image.
    package let labels: [Int]
    package var classes: Int { base.columns }
    /// [images, classes]
    private let base: Tensor
    private let slopes: Slopes

    private enum Slopes: Sendable, Equatable {
        /// q: [images, classes]
        case whole(Tensor)
        /// p = base + held W and q = moving W, with W [k, classes] and two [images, k]: rows are made when they are
        /// read, in a fixed order of sums, so that tens of thousands of images of a thousand classes need no second
        /// and third matrix.
        case factored(weights: Tensor, held: Tensor, moving: Tensor)
    }

    package init(intercepts: Tensor, slopes: Tensor, labels: [Int], origin: Double = 0) {
        precondition(intercepts.shape == slopes.shape && intercepts.rows == labels.count)
        precondition(labels.allSatisfy { $0 >= 0 && $0 < intercepts.columns })
        base = intercepts
        self.slopes = .whole(slopes)
        self.labels = labels
        self.origin = origin
    }

    /// Lines of logits `base` [images, classes] moved along `weights` [k, classes], by `held` and then, for each step
    /// of β, by `moving` ([images, k] each).
    init(base: Tensor, weights: Tensor, held: Tensor, moving: Tensor, labels: [Int], origin: Double) {
        precondition(base.rows == labels.count && held.shape == moving.shape && held.columns == weights.rows)
        precondition(weights.columns == base.columns && (held.rows == base.rows || held.count == 0))
        self.base = base
        slopes = .factored(weights: weights, held: held, moving: moving)
        self.labels = labels
        self.origin = origin
    }

    /// The class predicted for `image` at `beta`, by evaluating every class; of equal logits the first class wins. At
    /// ±∞ the steepest line wins, of those the highest, of those the first.
    package func winner(_ image: Int, at beta: Double) -> Int {
        withImages(image..<image + 1) { _, row in
            guard beta.isInfinite else { return row.winner(at: beta - origin).index }
            let sign: Float = beta > 0 ? 1 : -1
            return (1..<max(1, row.count)).reduce(0) { best, c in
                let (slope, top) = (sign * row.q[c], sign * row.q[best])
                return slope > top || (slope == top && row.p[c] > row.p[best]) ? c : best
            }
        }[0]
    }

    /// Whether `image` is classified right at `beta`.
    package func isRight(_ image: Int, at beta: Double) -> Bool { winner(image, at: beta) == labels[image] }

    /// p and q of one image: one value a class each.
    package func line(of image: Int) -> (p: [Float], q: [Float]) {
        withImages(image..<image + 1) { _, row in
            (
                Array(UnsafeBufferPointer(start: row.p, count: row.count)),
                Array(UnsafeBufferPointer(start: row.q, count: row.count))
            )
        }[0]
    }

    /// What `body` makes of each image's lines, which are valid while it runs.
    func withImages<Result>(_ images: Range<Int>, _ body: (Int, LineRow) -> Result) -> [Result] {
        let count = classes
        switch slopes {
        case .whole(let slopes):
            return base.withUnsafe { p in
                slopes.withUnsafe { q in
                    images.map { image in
                        let start = image * count
                        return body(
                            image, LineRow(p: p.baseAddress! + start, q: q.baseAddress! + start, count: count))
                    }
                }
            }
        case .factored(let weights, let held, let moving):
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, 2 * count)) { scratch in
                let (p, q) = (scratch.baseAddress!, scratch.baseAddress! + count)
                return base.withUnsafe { base in
                    weights.withUnsafe { w in
                        held.withUnsafe { held in
                            moving.withUnsafe { moving in
                                let k = weights.rows
                                return images.map { image in
                                    let (w, from) = (w.baseAddress!, image * k)
                                    let row = base.baseAddress! + image * count
                                    moveRow(row, w, held.baseAddress! + from, moves: k, count: count, into: p)
                                    moveRow(nil, w, moving.baseAddress! + from, moves: k, count: count, into: q)
                                    return body(image, LineRow(p: p, q: q, count: count))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
