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
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(seeds, "--seeds")
        for size in top { try requirePositive(size, "--top") }
    }

    func run() throws {
        let workbench = try study.open()
        let cells = try withProgress { work in
            try workbench.extract(work)
            return try workbench.interventionTable(sizes: top, betas: scale, seeds: seeds, units: units.kind, work)
        }
        try output.print(["interventions": cells]) { _ in Self.table(cells) }
    }

    private static func table(_ cells: [InterventionCell]) -> String {
        let header = "method                    units    β      class           others"
        let rows = cells.map { cell in
            let interval = cell.classHalfWidth.map { "±\(number($0, 2))" } ?? ""
            return cell.method.rawValue.padded(26) + "\(cell.units)".leftPadded(5) + number(cell.beta, 2).leftPadded(7)
                + signed(cell.classMean).leftPadded(9) + " " + interval.padded(7) + signed(cell.otherMean).leftPadded(9)
        }
        return ([header] + rows).joined(separator: "\n")
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value, 2) }
}
