import Analysis

/// The accuracies a plot spans: all that it shows, in whole tens of percent, so that a change of a few points can be
/// seen. It depends on the whole curve, so it stands still while the slider moves.
struct AccuracyAxis: Equatable {
    /// In tens of percent.
    private let lower: Double
    private let upper: Double

    init(_ accuracies: [Accuracy]) {
        let shares = accuracies.flatMap { [$0.ofClass, $0.ofOthers] }
        guard let least = shares.min(), let greatest = shares.max() else {
            (lower, upper) = (0, 10)
            return
        }
        let top = max(2, (greatest * 10).rounded(.up))
        (lower, upper) = (min((least * 10).rounded(.down), top - 2), top)
    }

    /// How far below the top a share lies: 0 at the top, 1 at the bottom.
    func depth(of share: Double) -> Double { min(1, max(0, (upper - share * 10) / (upper - lower))) }

    /// What stands at a depth.
    func label(at depth: Double) -> String { "\(Int(((upper - depth * (upper - lower)) * 10).rounded())) %" }
}
