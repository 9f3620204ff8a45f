import LinearAlgebra

/// Which classes of an image can win anywhere on a range of β: all others need not be looked at.
///
/// With w_c what a step along each moved direction adds to class c, and w̄ their mean over classes, amounts m add m·w_c;
/// m·w̄ is common to all and puts no class before another. So class c stays behind class a by at least
/// p_a - p_c - ‖m‖ (‖w_a - w̄‖ + ‖w_c - w̄‖) (Cauchy and Schwarz), and where that is positive at the greatest ‖m‖ on the
/// range, c wins nowhere on it. Rounding is allowed for many times over, so the answers are those of all classes, to the
/// last bit.
struct Contenders: Sendable {
    /// ‖w_c - w̄‖ of each class; the classes by it, greatest first.
    private let norms: [Double]
    private let byNorm: [Int32]
    private let greatest: Double
    /// The greatest ‖w_c‖, which bounds rounding.
    private let size: Double
    /// Relative error of a sum over all directions, and more.
    private let rounding: Double

    /// Contenders at most; and classes beside the leading ones that are looked at, at most.
    static let most = 96
    private static let lookedAt = 192

    /// - Parameter weights: w: [directions, classes]
    init(weights: Tensor) {
        let (directions, classes) = (weights.rows, weights.columns)
        var (squares, centred) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
        weights.withUnsafe { w in
            for k in 0..<directions {
                let row = w[k * classes..<(k + 1) * classes]
                let mean = row.reduce(0.0) { $0 + Double($1) } / Double(max(1, classes))
                for (c, value) in row.enumerated() {
                    squares[c] += Double(value) * Double(value)
                    centred[c] += (Double(value) - mean) * (Double(value) - mean)
                }
            }
        }
        let norms = centred.map { $0.squareRoot() }
        self.norms = norms
        byNorm = (0..<Int32(classes)).sorted { norms[Int($0)] > norms[Int($1)] }
        greatest = norms.max() ?? 0
        size = (squares.max() ?? 0).squareRoot()
        rounding = Double(directions + 8) * 0x1p-22
    }

    /// The contenders of one image, in the order of classes.
    ///
    /// - Parameters:
    ///   - leading: what is known of its logits.
    ///   - amount: the greatest ‖m‖ on the range.
    ///   - logit: of any class.
    ///   - classes: takes the contenders, and `logits` theirs; both have room for `most`.
    /// - Returns: how many there are; nil where that is not found out quickly, and every class is to be looked at.
    func find(
        _ leading: LeadingClasses.Row, amount: Double, logit: (Int) -> Float,
        classes: UnsafeMutablePointer<Int32>, logits: UnsafeMutablePointer<Float>
    ) -> Int? {
        let (top, slack) = (Double(leading.values[0]), rounding * amount * size)
        let floor = top - amount * norms[Int(leading.classes[0])] - rounding * abs(top) - slack
        guard floor.isFinite, slack.isFinite else { return nil }
        /// The most that a logit can become, but for what its class's own norm adds.
        func reach(_ logit: Float) -> Double { Double(logit) + rounding * abs(Double(logit)) + slack }
        var count = 0
        /// Inserts a contender at its place; false where there is no room.
        func insert(_ c: Int32, _ logit: Float) -> Bool {
            guard count < Self.most else { return false }
            var place = count
            while place > 0, classes[place - 1] > c {
                (classes[place], logits[place]) = (classes[place - 1], logits[place - 1])
                place -= 1
            }
            (classes[place], logits[place]) = (c, logit)
            count += 1
            return true
        }
        for (logit, c) in zip(leading.values, leading.classes) {
            let most = reach(logit)
            if most + amount * greatest < floor { return count }
            if most + amount * norms[Int(c)] >= floor, !insert(c, logit) { return nil }
        }
        // Of the other classes, those that move furthest.
        let rest = reach(leading.rest)
        var looked = 0
        for c in byNorm {
            guard rest + amount * norms[Int(c)] >= floor else { break }
            looked += 1
            guard looked <= Self.lookedAt else { return nil }
            guard !leading.classes.contains(c) else { continue }
            let logit = logit(Int(c))
            if reach(logit) + amount * norms[Int(c)] >= floor, !insert(c, logit) { return nil }
        }
        return count
    }
}
