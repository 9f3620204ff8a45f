import Analysis
import ArgumentParser
import Workbench

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the method against its baselines on held-out images.",
        discussion: """
            The intervention table: each class's unit set scaled by β, change of accuracy in points, mean over classes \
            and seeds. Unit sets come from the probe images.

            Example: miclip evaluate --interventions --seeds 3
            """)

    @Flag(help: "The intervention table (the only one so far).") var interventions = false
    @Option(help: "How many seeds.") var seeds = 3
    @Option(parsing: .upToNextOption, help: "Sizes of the unit sets.") var top = [5, 10, 20]
    @Option(parsing: .upToNextOption, help: "Values of β.") var scale: [Double] = [2, 0]
    @OptionGroup var units: UnitOptions
    @Option(help: ArgumentHelp("Count on these labelled images instead of the study's.", valueName: "file"))
    var images: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(seeds, "--seeds")
        for size in top { try requirePositive(size, "--top") }
    }

    func run() throws {
        let workbench = try study.open(images: images)
        let cells = try withProgress { work in
            try workbench.extract(work)
            return try workbench.interventionTable(sizes: top, betas: scale, seeds: seeds, units: units.kind, work)
        }
        try output.print(["interventions": cells.map { InterventionRow($0, units.kind) }]) { _ in
            Self.table(cells, units.kind)
        }
    }

    private static func table(_ cells: [InterventionCell], _ kind: UnitKind) -> String {
        let header = "units    method                    top    β       target          off-target"
        let rows = cells.map { cell in
            func interval(_ width: Double?) -> String { (width.map { "±\(number($0, 2))" } ?? "").padded(7) }
            return kind.rawValue.padded(9)
                + cell.method.rawValue.padded(26) + "\(cell.units)".leftPadded(3) + number(cell.beta, 2).leftPadded(7)
                + signed(cell.classMean).leftPadded(9) + " " + interval(cell.classHalfWidth)
                + signed(cell.otherMean).leftPadded(9) + " " + interval(cell.otherHalfWidth)
        }
        return ([header] + rows).joined(separator: "\n")
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value, 2) }
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

    init(_ cell: InterventionCell, _ kind: UnitKind) {
        units = kind.rawValue
        method = cell.method.rawValue
        top = cell.units
        beta = cell.beta
        operation = cell.beta == 0 ? "remove" : cell.beta > 1 ? "enhance" : "scale"
        target = Change(mean: cell.classMean, halfWidth: cell.classHalfWidth, seeds: cell.classChanges)
        offTarget = Change(mean: cell.otherMean, halfWidth: cell.otherHalfWidth, seeds: cell.otherChanges)
    }
}
