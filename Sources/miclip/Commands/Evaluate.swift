import Analysis
import ArgumentParser
import Workbench

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the method against its baselines on held-out images.",
        discussion: """
            The intervention table: each class's unit set scaled by β, or shifted, change of accuracy in points, mean over \
            classes and seeds, with 95 % intervals over the seeds where one matters, and over the classes. Every table has \
            its controls: random units, the same ranking on random concept vectors, and how a unit departs on the class \
            without any concept space. Baselines of signed units are there as published and with both poles. Unit sets come from the study's probe images, also for \
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
    @Option(
        parsing: .upToNextOption,
        help: "What is added along each unit's pole, in typical deviations of the layer's units (default: 1 and -1).")
    var add: [Double] = [1, -1]
    @Flag(help: "All of CLIP-Dissect's similarities as baselines, not soft-WPMI alone.") var allSimilarities = false
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
        guard (scale + add).allSatisfy(\.isFinite) else {
            throw ValidationError("--scale and --add must be finite numbers.")
        }
        if let within, !(within > 0) { throw ValidationError("--within must be more than 0 points.") }
    }

    func run() throws {
        let workbench = try study.open()
        var request = InterventionTableRequest()
        (request.sizes, request.seeds, request.halfWidth) = (top, seeds, within.map { $0 / 100 })
        (request.shifts, request.hasAllSimilarities) = (add, allSimilarities)
        if !scale.isEmpty { (request.neuronBetas, request.featureBetas) = (scale, scale) }
        let hasFeatures = try workbench.hasAutoencoder
        let lacks = units == .both && !hasFeatures
        request.kinds = (lacks ? .neurons : units).kinds
        let layer = try study.layer(counting: counting)
        let table = try withProgress { [request] work in try layer.interventionTable(request, work) }
        try output.print(
            InterventionTableDocument(table, note: lacks ? "no features: `miclip sae train` makes them" : nil)
        ) { _ in
            let hint = "features: none yet; `miclip sae train --study \(workbench.folder.path)` makes them"
            return table.text + (lacks ? "\n" + hint : "")
        }
    }
}
