import Analysis
import Foundation

/// The paper's intervention table: neurons, and the features of the study's autoencoder.
package struct InterventionTable: Sendable {
    package var cells: [InterventionCell]
    /// Where the features come from; nil where the table has none.
    package var features: Features?
    /// Held-out images and classes it is counted on.
    package var images: Int
    package var classes: Int

    package struct Features: Sendable {
        package var count: Int
        /// Whether each seed has an autoencoder trained from it, as the neuron encoder is. An imported one is the same
        /// for all.
        package var isTrainedBySeed: Bool
    }
}

/// One cell of the intervention table: mean over classes, then over seeds, of the change in accuracy, in points.
package struct InterventionCell: Sendable, Codable {
    package var kind: UnitKind
    package var method: UnitSetMethod
    /// τ, units in each set.
    package var units: Int
    package var beta: Double
    /// Change on the concept's class, one value a seed.
    package var classChanges: [Double]
    /// Change on all other classes, one value a seed.
    package var otherChanges: [Double]

    package var classMean: Double { classChanges.reduce(0, +) / Double(max(1, classChanges.count)) }
    package var otherMean: Double { otherChanges.reduce(0, +) / Double(max(1, otherChanges.count)) }

    /// Half the width of the 95 % interval of `classMean` over seeds, by Student's t; nil for one seed.
    package var classHalfWidth: Double? { Self.halfWidth(classChanges) }

    /// The same of `otherMean`.
    package var otherHalfWidth: Double? { Self.halfWidth(otherChanges) }

    private static func halfWidth(_ changes: [Double]) -> Double? {
        let n = changes.count
        guard n > 1 else { return nil }
        let mean = changes.reduce(0, +) / Double(n)
        let variance = changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
        // Two-sided 97.5 % quantiles of t for 1, 2, ... degrees of freedom.
        let quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]
        return (n - 2 < quantiles.count ? quantiles[n - 2] : 1.96) * (variance / Double(n)).squareRoot()
    }
}

extension [InterventionCell] {
    /// Takes in what one seed gave.
    mutating func add(
        _ change: (ofClass: Double, ofOthers: Double), _ kind: UnitKind, _ method: UnitSetMethod, units: Int,
        beta: Double
    ) {
        let position = firstIndex {
            $0.kind == kind && $0.method == method && $0.units == units && $0.beta == beta
        }
        if let position {
            self[position].classChanges.append(change.ofClass)
            self[position].otherChanges.append(change.ofOthers)
        } else {
            append(
                InterventionCell(
                    kind: kind, method: method, units: units, beta: beta, classChanges: [change.ofClass],
                    otherChanges: [change.ofOthers]))
        }
    }
}
