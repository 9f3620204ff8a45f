import LinearAlgebra

/// Which classes of an image can win anywhere on a range of β: all others need not be looked at.
///
/// With w_c what a step along each moved direction adds to class c, and w̄ their mean over classes, amounts m add m·w_c;
/// m·w̄ is common to all and puts no class before another. So class c stays behind class a by at least
/// p_a - p_c - ‖m‖ (‖w_a - w̄‖ + ‖w_c - w̄‖) (Cauchy and Schwarz), and where that is positive at the greatest ‖m‖ on the
/// range, c wins nowhere on it. Rounding is allowed for many times over, so the answers are those of all classes, to the
/// last bit.
struct Contenders: Sendable {
    /// ‖w_c - w̄‖ of each class, rounded up.
    private let norms: [Float]
    private let greatest: Double
    /// The greatest ‖w_c‖, which bounds rounding.
    private let size: Double
    /// Relative error of a sum over all directions, and more.
    private let rounding: Double

    /// Contenders at most: of more, all classes are as quick.
    static let most = 128

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
        norms = centred.map { Float($0.squareRoot()).nextUp }
        greatest = Double(norms.max() ?? 0)
        size = (squares.max() ?? 0).squareRoot()
        rounding = Double(directions + 8) * 0x1p-22
    }

    /// The contenders of one image, in the order of classes.
    ///
    /// - Parameters:
    ///   - leading: what is known of its logits.
    ///   - amount: the greatest ‖m‖ on the range.
    ///   - logits: of all classes; read only where the leading ones do not tell.
    ///   - found: takes the contenders, and `kept` their logits; both have room for `most`.
    /// - Returns: how many there are; nil where every class is to be looked at.
    func find(
        _ leading: LeadingClasses.Row, amount: Double, logits: () -> UnsafePointer<Float>,
        into found: UnsafeMutablePointer<Int32>, _ kept: UnsafeMutablePointer<Float>
    ) -> Int? {
        var (top, first) = (leading.values[0], leading.classes[0])
        for (value, c) in zip(leading.values, leading.classes) where value > top { (top, first) = (value, c) }
        let slack = rounding * amount * size
        let floor =
            Double(top) - amount * Double(norms[Int(first)]) - rounding * abs(Double(top)) - 2 * slack
        guard floor.isFinite else { return nil }
        let rest = Double(leading.rest) + rounding * abs(Double(leading.rest)) + amount * greatest
        return norms.withUnsafeBufferPointer { norms in
            // Where no class but the leading ones can reach the floor, those alone are looked at.
            let isToldByLeading = !(rest >= floor)
            return contenders(
                isToldByLeading ? leading.values.baseAddress! : logits(),
                at: isToldByLeading ? leading.classes.baseAddress! : nil, norms: norms.baseAddress!,
                count: isToldByLeading ? leading.values.count : norms.count, amount: amount, rounding: rounding,
                floor: floor, most: Self.most, into: found, kept)
        }
    }
}
