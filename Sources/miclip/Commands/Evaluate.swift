import Analysis
import ArgumentParser
import Workbench

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the method against its baselines on held-out images.",
        discussion: """
            The intervention table: each class's unit set scaled by β, change of accuracy in points, mean over classes \
            and seeds, with its 95 % interval over the seeds. Unit sets come from the study's probe images, also for \
            other --images and --classes, whose concepts the study then has not seen. The features are those of the \
            study's sparse autoencoder, which is trained anew from each seed.

            Examples:
              miclip evaluate --interventions --seeds 3
              miclip evaluate --interventions --study clip.study --images textures/ --classes textures.txt
            """)

    @Flag(help: "The intervention table (the only one so far).") var interventions = false
    @Option(help: "How many seeds.") var seeds = 3
    @Option(parsing: .upToNextOption, help: "Sizes of the unit sets.") var top = [5, 10, 20]
    @Option(
        parsing: .upToNextOption,
        help: "Values of β (default: 2 and 0 for neurons; 2 and 0.5 for features, as ×0 saturates).")
    var scale: [Double] = []
    @Option(help: "Rows of the table: neurons, features or both.") var units = TableRows.both
    @Option(help: "Stop each count once the 95 % interval is within so many points (deep layers).") var within: Double?
    @OptionGroup var counting: CountingOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    enum TableRows: String, ExpressibleByArgument, CaseIterable {
        case neurons, features, both

        var kinds: [UnitKind] {
            switch self {
            case .neurons: [.neuron]
            case .features: [.feature]
            case .both: [.neuron, .feature]
            }
        }
    }

    func validate() throws {
        try requirePositive(seeds, "--seeds")
        for size in top { try requirePositive(size, "--top") }
        guard scale.allSatisfy(\.isFinite) else { throw ValidationError("--scale must be finite numbers.") }
        if let within, !(within > 0) { throw ValidationError("--within must be more than 0 points.") }
    }

    func run() throws {
        let workbench = try study.open()
        var request = InterventionTableRequest()
        (request.sizes, request.seeds, request.halfWidth) = (top, seeds, within.map { $0 / 100 })
        if !scale.isEmpty { (request.neuronBetas, request.featureBetas) = (scale, scale) }
        let hasFeatures = try workbench.hasAutoencoder
        let lacks = units == .both && !hasFeatures
        request.kinds = (lacks ? .neurons : units).kinds
        let layer = try study.layer(counting: counting)
        let table = try withProgress { [request] work in try layer.interventionTable(request, work) }
        try output.print(
            InterventionTableDocument(table, note: lacks ? "no features: `miclip sae train` makes them" : nil)
        ) { _ in
            Self.text(table, lacksFeatures: lacks ? workbench.folder.path : nil)
        }
    }

    private static func text(_ table: InterventionTable, lacksFeatures study: String?) -> String {
        var lines = [
            "change of accuracy in points on \(table.images) held-out images, mean over \(table.classes) classes and seeds",
            "units    method                    top    β       target          off-target",
        ]
        lines += table.cells.map { cell in
            func interval(_ width: Double?) -> String { (width.map { "±\(number($0, 2))" } ?? "").padded(7) }
            return cell.kind.rawValue.padded(9)
                + cell.method.rawValue.padded(26) + "\(cell.units)".leftPadded(3) + number(cell.beta, 2).leftPadded(7)
                + signed(cell.classMean).leftPadded(9) + " " + interval(cell.classHalfWidth)
                + signed(cell.otherMean).leftPadded(9) + " " + interval(cell.otherHalfWidth)
        }
        if let features = table.features {
            let how =
                features.isTrainedBySeed ? "an autoencoder for each seed" : "an imported autoencoder, for all seeds"
            lines.append("features: \(features.count), \(how)")
        }
        if let study {
            lines.append("features: none yet; `miclip sae train --study \(study)` makes them")
        }
        return lines.joined(separator: "\n")
    }

    private static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + number(value, 2) }
}
