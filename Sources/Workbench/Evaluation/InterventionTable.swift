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
    /// Images of other classes that off-target changes are counted on, drawn once; nil for all of them.
    package var otherImages: Int?
    /// Whose concepts Network Dissection reads: `labels of the probe images`.
    package var dissected: String
    /// What the rankings of the table are measured against: the method whose effects are tested, of each kind of units.
    package var references: [UnitKind: UnitSetMethod] = [:]

    package struct Features: Sendable {
        package var count: Int
        /// Whether each seed has an autoencoder trained from it, as the neuron encoder is. An imported one is the same
        /// for all.
        package var isTrainedBySeed: Bool
    }

    package init(
        cells: [InterventionCell], features: Features? = nil, images: Int, classes: Int, otherImages: Int? = nil,
        dissected: String
    ) {
        (self.cells, self.features, self.images, self.classes) = (cells, features, images, classes)
        (self.otherImages, self.dissected) = (otherImages, dissected)
    }
}

/// One cell of the intervention table: mean over classes, then over seeds, of the change in accuracy, in points.
package struct InterventionCell: Sendable {
    package var kind: UnitKind
    package var method: UnitSetMethod
    package var role: UnitSetRole
    package var `operator`: Operator
    /// τ, units in each set.
    package var units: Int
    package var beta: Double
    /// Change on the concept's class, one value a class, for each seed; one seed where none matters.
    package var byClass: [[Double]]
    /// Change on all other classes, likewise.
    package var othersByClass: [[Double]]

    package init(
        kind: UnitKind, method: UnitSetMethod, role: UnitSetRole, operator: Operator, units: Int, beta: Double,
        byClass: [[Double]], othersByClass: [[Double]]
    ) {
        (self.kind, self.method, self.role, self.operator) = (kind, method, role, `operator`)
        (self.units, self.beta, self.byClass, self.othersByClass) = (units, beta, byClass, othersByClass)
    }

    /// Mean over classes of the change on the class, and on all others: one value a seed.
    package var classChanges: [Double] { byClass.map { Sample($0).mean } }
    package var otherChanges: [Double] { othersByClass.map { Sample($0).mean } }

    package var classMean: Double { Sample(classChanges).mean }
    package var otherMean: Double { Sample(otherChanges).mean }

    /// Half the width of the 95 % interval of `classMean` over seeds, by Student's t; nil where no seed matters, or for
    /// one seed.
    package var classHalfWidth: Double? { Sample(classChanges).halfWidth }

    /// The same of `otherMean`.
    package var otherHalfWidth: Double? { Sample(otherChanges).halfWidth }

    /// Half the width of the 95 % interval over classes, each the mean of its seeds; nil for one class.
    package var halfWidthOverClasses: Double? { Sample(meanByClass).halfWidth }

    /// Change on each class, the mean over seeds.
    package var meanByClass: [Double] {
        guard let first = byClass.first else { return [] }
        return first.indices.map { c in Sample(byClass.map { $0[c] }).mean }
    }

    /// Whether an intervention raises what its units carry: by scaling beyond 1, or adding.
    package var enhances: Bool { beta > `operator`.identity }

    func isSameRow(_ other: InterventionCell) -> Bool {
        kind == other.kind && method == other.method && units == other.units && `operator` == other.operator
    }
}

extension [InterventionCell] {
    /// Takes in what one seed gave.
    mutating func add(_ cell: InterventionCell) {
        if let position = firstIndex(where: { $0.isSameRow(cell) && $0.beta == cell.beta }) {
            self[position].byClass += cell.byClass
            self[position].othersByClass += cell.othersByClass
        } else {
            append(cell)
        }
    }
}
