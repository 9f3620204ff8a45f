import LinearAlgebra

/// Per image, the logits of all classes as lines p + β q, with the image's true class.
public struct ClassLines: Sendable, Equatable {
    /// p: [images, classes]
    public let intercepts: Tensor
    /// q: [images, classes]
    public let slopes: Tensor
    /// One class an image.
    public let labels: [Int]

    /// - Precondition: all values are finite.
    public init(intercepts: Tensor, slopes: Tensor, labels: [Int]) {
        precondition(intercepts.shape == slopes.shape && intercepts.rows == labels.count)
        precondition(labels.allSatisfy { $0 >= 0 && $0 < intercepts.columns })
        self.intercepts = intercepts
        self.slopes = slopes
        self.labels = labels
    }

    /// Whether `image` is classified right at `beta`, by evaluating every class; of equal logits the first class wins.
    public func isRight(_ image: Int, at beta: Double) -> Bool {
        withImage(image) { $0.winner(at: beta) == labels[image] }
    }

    func withImage<Result>(_ image: Int, _ body: (ImageLines) -> Result) -> Result {
        let classes = intercepts.columns
        return intercepts.withUnsafe { p in
            slopes.withUnsafe { q in
                body(
                    ImageLines(
                        p: p.baseAddress! + image * classes, q: q.baseAddress! + image * classes, classes: classes))
            }
        }
    }
}

/// The logits of one image's classes as lines; valid while `ClassLines.withImage` runs.
struct ImageLines {
    let p: UnsafePointer<Float>
    let q: UnsafePointer<Float>
    let classes: Int

    /// logit_c(β) in double precision.
    func logit(_ c: Int, at beta: Double) -> Double { Double(p[c]) + beta * Double(q[c]) }

    /// The first class of greatest logit.
    func winner(at beta: Double) -> Int {
        var best = 0
        var top = logit(0, at: beta)
        for c in 1..<max(1, classes) {
            let value = logit(c, at: beta)
            if value > top { (best, top) = (c, value) }
        }
        return best
    }

    /// The class that wins as β -> -∞: least slope, of those the greatest intercept, of those the first.
    var firstWinner: Int {
        var best = 0
        for c in 1..<max(1, classes) where q[c] < q[best] || (q[c] == q[best] && p[c] > p[best]) { best = c }
        return best
    }

    /// Where `winner`'s line next falls below another, and that other: of lines through one vertex the steepest, of
    /// those the first. Nil when it wins to +∞.
    func vertex(after winner: Int) -> (beta: Double, next: Int)? {
        let (p0, q0) = (Double(p[winner]), Double(q[winner]))
        var best = Double.infinity
        var next = -1
        for c in 0..<classes where q[c] > q[winner] {
            let beta = (p0 - Double(p[c])) / (Double(q[c]) - q0)
            if beta < best || (beta == best && q[c] > q[next]) { (best, next) = (beta, c) }
        }
        return next < 0 ? nil : (best, next)
    }

    /// How far rounding may move the vertex of two lines at `beta`: the error of both logits over their slopes' gap.
    func band(of a: Int, _ b: Int, at beta: Double) -> Double {
        let size = roundingSize(a, at: beta) + roundingSize(b, at: beta)
        return 4 * size / max(abs(Double(q[a]) - Double(q[b])), .leastNormalMagnitude) + 4 * beta.ulp
    }

    /// Bound on the rounding error of `logit(c, at: beta)`.
    func roundingSize(_ c: Int, at beta: Double) -> Double {
        (abs(Double(p[c])) + 2 * abs(beta * Double(q[c]))) * Double.ulpOfOne
    }
}

/// A β where an image turns right or wrong, or where rounding could make it so.
struct EnvelopeStep: Sendable, Equatable {
    var beta: Double
    /// Closer to `beta` than this, evaluate.
    var band: Double
    var image: Int32
    var rightBefore: Bool
    var rightAfter: Bool
    var change: Int32 { (rightAfter ? 1 : 0) - (rightBefore ? 1 : 0) }
}

/// The steps of some images' upper envelopes.
struct EnvelopeWalk: Sendable {
    var steps: [EnvelopeStep] = []
    /// The images that are right as β -> -∞.
    var rightAtStart: [Int32] = []

    /// Walks one image's envelope from β = -∞ to +∞.
    mutating func add(_ lines: ImageLines, image: Int32, label: Int) {
        var winner = lines.firstWinner
        if winner == label { rightAtStart.append(image) }
        while let (beta, next) = lines.vertex(after: winner) {
            let (before, after) = (winner == label, next == label)
            // The label's line may pass so close under a vertex of two others that rounding lifts it above.
            let gap = lines.logit(next, at: beta) - lines.logit(label, at: beta)
            let doubt = 4 * (lines.roundingSize(next, at: beta) + lines.roundingSize(label, at: beta))
            if before != after || gap <= doubt {
                let ofLabel = lines.q[label] == lines.q[next] ? 0 : lines.band(of: label, next, at: beta)
                let band = max(lines.band(of: winner, next, at: beta), ofLabel)
                steps.append(
                    EnvelopeStep(beta: beta, band: band, image: image, rightBefore: before, rightAfter: after))
            }
            winner = next
        }
    }
}
