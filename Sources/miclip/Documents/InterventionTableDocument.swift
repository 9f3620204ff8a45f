import Analysis
import Workbench

/// JSON of `evaluate --interventions`.
struct InterventionTableDocument: Encodable {
    var interventions: [InterventionRow]
    /// Held-out images and classes it is counted on.
    var images: Int
    var classes: Int
    /// Features of the autoencoders, and whether each seed has one of its own.
    var features: Int?
    var isAutoencoderTrainedBySeed: Bool?
    /// What is missing.
    var note: String?

    init(_ table: InterventionTable, note: String?) {
        interventions = table.cells.map(InterventionRow.init)
        (images, classes) = (table.images, table.classes)
        features = table.features?.count
        isAutoencoderTrainedBySeed = table.features?.isTrainedBySeed
        self.note = note
    }
}

/// JSON of one row of the intervention table; changes of accuracy in points.
struct InterventionRow: Encodable {
    struct Change: Encodable {
        /// Mean over classes, then over seeds; half the width of its 95 % interval; and each seed's.
        var mean: Double
        var halfWidth: Double?
        var seeds: [Double]
    }

    var units: String
    var method: String
    var top: Int
    var beta: Double
    /// What the name of the intervention is in the paper's table.
    var operation: String
    var target: Change
    var offTarget: Change

    init(_ cell: InterventionCell) {
        units = cell.kind.rawValue
        method = cell.method.rawValue
        top = cell.units
        beta = cell.beta
        operation = cell.beta == 0 ? "remove" : cell.beta > 1 ? "enhance" : "scale"
        target = Change(mean: cell.classMean, halfWidth: cell.classHalfWidth, seeds: cell.classChanges)
        offTarget = Change(mean: cell.otherMean, halfWidth: cell.otherHalfWidth, seeds: cell.otherChanges)
    }
}
