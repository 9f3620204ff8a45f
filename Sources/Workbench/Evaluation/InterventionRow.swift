import Analysis

/// JSON of one row of the intervention table; changes of accuracy in points.
struct InterventionRow: Encodable {
    struct Change: Encodable {
        /// Mean over classes, then over seeds; half the width of its 95 % interval where a seed matters; and each seed's.
        var mean: Double
        var halfWidth: Double?
        var seeds: [Double]
    }

    var units: String
    var unitKind: String
    var method: String
    /// The program's own ranking, where the method is one.
    var ranking: String?
    /// `ranking`, `baseline` or `control`.
    var role: String
    var top: Int
    var `operator`: String
    var beta: Double
    /// What the name of the intervention is in the paper's table.
    var operation: String
    var target: Change
    var offTarget: Change
    /// The same means by the name of what is done: one pair of them.
    var enhance: Double?
    var remove: Double?
    var otherEnhance: Double?
    var otherRemove: Double?
    /// Half the width of the 95 % interval of the mean over classes.
    var interval: Double?

    init(_ cell: InterventionCell) {
        (units, unitKind) = (cell.kind.rawValue, cell.kind.rawValue)
        method = cell.method.rawValue
        role = cell.role.rawValue
        ranking = cell.role == .ranking ? cell.method.rawValue : nil
        top = cell.units
        `operator` = cell.operator.rawValue
        beta = cell.beta
        operation = cell.beta == 0 && cell.operator == .scaling ? "remove" : cell.enhances ? "enhance" : "scale"
        if cell.operator == .adding { operation = cell.enhances ? "enhance" : "remove" }
        target = Change(mean: cell.classMean, halfWidth: cell.classHalfWidth, seeds: cell.classChanges)
        offTarget = Change(mean: cell.otherMean, halfWidth: cell.otherHalfWidth, seeds: cell.otherChanges)
        if cell.enhances {
            (enhance, otherEnhance) = (cell.classMean, cell.otherMean)
        } else {
            (remove, otherRemove) = (cell.classMean, cell.otherMean)
        }
        interval = cell.halfWidthOverClasses
    }
}
