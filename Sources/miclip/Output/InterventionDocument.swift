import Analysis
import Workbench

/// JSON of the intervention table.
struct InterventionTableDocument: Encodable {
    var interventions: [InterventionRow]
    /// The reference against every other method, by enhancement less removal.
    var tests: [InterventionTestRow]
    /// What the tests come to.
    var summary: [String]
    /// Held-out images and classes it is counted on, and images of other classes where not all are.
    var images: Int
    var classes: Int
    var otherImages: Int?
    /// Whose concepts Network Dissection reads.
    var networkDissection: String
    /// Features of the autoencoders, and whether each seed has one of its own.
    var features: Int?
    var isAutoencoderTrainedBySeed: Bool?
    /// What is missing.
    var note: String?

    init(_ table: InterventionTable, note: String?) {
        interventions = table.cells.map(InterventionRow.init)
        tests = table.tests.map(InterventionTestRow.init)
        summary = table.summary
        (images, classes, otherImages) = (table.images, table.classes, table.otherImages)
        networkDissection = table.dissected
        features = table.features?.count
        isAutoencoderTrainedBySeed = table.features?.isTrainedBySeed
        self.note = note
    }
}

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

/// JSON of one test.
struct InterventionTestRow: Encodable {
    /// `contribution > cosine, 20 neurons, over classes`
    var comparison: String
    var unitKind: String
    var top: Int
    var pairs: String
    var n: Int
    /// Mean difference in points, with half the width of its 95 % interval.
    var difference: Double
    var interval: Double
    var t: Double
    var p: Double
    var pHolm: Double

    init(_ test: InterventionTest) {
        comparison =
            "\(test.method) > \(test.other), \(test.units) \(test.kind.rawValue)s, over \(test.pairs.rawValue)"
        (unitKind, top, pairs) = (test.kind.rawValue, test.units, test.pairs.rawValue)
        (n, difference, interval) = (test.test.count, test.test.difference, test.test.halfWidth)
        (t, p, pHolm) = (test.test.t, test.test.p, test.correctedP)
    }
}

extension InterventionTable {
    /// The table for people: each method's rows, what was tested, and what it comes to.
    var text: String {
        let others = otherImages.map { " (off target on \($0) of them, drawn once)" } ?? ""
        var lines = [
            "change of accuracy in points on \(images) held-out images\(others), mean over \(classes) classes and seeds;"
                + " ± over seeds where one matters, [±] over classes",
            "units    method                            top  operator      β  target                 off-target",
        ]
        lines += cells.map { cell in
            func interval(_ width: Double?) -> String { (width.map { "±\(number($0, 2))" } ?? "").padded(7) }
            let overClasses = cell.halfWidthOverClasses.map { "[±\(number($0, 1))]" } ?? ""
            return cell.kind.rawValue.padded(9) + cell.method.rawValue.padded(34) + "\(cell.units)".leftPadded(3)
                + cell.operator.rawValue.leftPadded(9) + number(cell.beta, 2).leftPadded(8)
                + signed(cell.classMean).leftPadded(8) + " " + interval(cell.classHalfWidth) + overClasses.leftPadded(7)
                + signed(cell.otherMean).leftPadded(9) + " " + interval(cell.otherHalfWidth)
        }
        if let features {
            let how =
                features.isTrainedBySeed ? "an autoencoder for each seed" : "an imported autoencoder, for all seeds"
            lines.append("features: \(features.count), \(how)")
        }
        lines.append("network-dissection reads the \(dissected); nothing here has segmentation masks")
        return (lines + summary).joined(separator: "\n")
    }

    private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value, 2) }
}
