import Analysis
import ArgumentParser
import Foundation
import Workbench

/// What `evaluate` and `report` are to compute.
struct EvaluationOptions: ParsableArguments {
    @Flag(help: "Description accuracy of the final layer.") var accuracy = false
    @Flag(help: "Scores of every method's descriptions.") var explanations = false
    @Flag(help: "The intervention table.") var interventions = false
    @Flag(help: "Description and intervention layer by layer.") var layers = false
    @Flag(help: "Localization on misclassified images.") var errors = false
    @Flag(help: "Silhouettes in the concept space.") var groups = false
    @Option(help: "How many seeds, where a seed matters.") var seeds = 3
    @Option(parsing: .upToNextOption, help: "Sizes of the unit sets.") var top = [5, 10, 20]
    @Option(
        parsing: .upToNextOption,
        help: "Values of β (default: 2 and 0 for neurons; 2 and 0.5 for features, as ×0 saturates).")
    var scale: [Double] = []
    @Option(
        parsing: .upToNextOption,
        help: "What is added along each unit's pole, in typical deviations of the layer's units.")
    var add: [Double] = [1, -1]
    @Flag(help: "All of CLIP-Dissect's similarities as baselines of interventions, not soft-WPMI alone.")
    var allSimilarities = false
    @Option(help: "Which units: neurons, features or both.") var units = EvaluatedUnits.both
    @Option(help: "Stop each count once the 95 % interval is within so many points (deep layers).") var within: Double?
    @Option(
        name: .customLong("descriptions"),
        help: ArgumentHelp(
            "Descriptions of neurons from elsewhere as one more method: layer,unit,description,similarity, as CLIP-Dissect "
                + "writes them.", valueName: "file"), completion: .file())
    var importedFile: String?
    @Option(
        name: .customLong("sentences"),
        help: ArgumentHelp(
            "A sentence encoder (as sentence-transformers saves it), for the sentence score of descriptions.",
            valueName: "model"), completion: .file()) var sentences: String?
    @Flag(help: "Compute every row again, also those that the study has of an earlier evaluation.") var fresh = false
    @OptionGroup var counting: CountingOptions

    enum EvaluatedUnits: String, ExpressibleByArgument, CaseIterable {
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
        try requirePositive(seeds, "--seeds", most: 1000)
        for size in top { try requirePositive(size, "--top") }
        guard (scale + add).allSatisfy(\.isFinite) else {
            throw ValidationError("--scale and --add must be finite numbers.")
        }
        if let within, !(within > 0) { throw ValidationError("--within must be more than 0 points.") }
    }

    private var parts: [EvaluationPart] {
        let chosen: [EvaluationPart] = [
            accuracy ? .descriptions : nil, explanations || importedFile != nil ? .explanations : nil,
            interventions ? .interventions : nil, layers ? .layers : nil, errors ? .errors : nil,
            groups ? .groups : nil,
        ].compactMap { $0 }
        guard chosen.isEmpty else { return chosen }
        // Of other images and classes the paper's generalisation alone: the rest is about the study's own.
        return counting.isOther ? [.interventions] : EvaluationPart.allCases
    }

    /// The layer, what is to be evaluated, and what is missing for it, in a line.
    func prepared(_ study: StudyOptions) throws -> (StudiedLayer, EvaluationRequest, note: String?) {
        let target = try study.open()
        let lacks = try units == .both && !target.hasAutoencoder
        var request = EvaluationRequest()
        (request.parts, request.seeds, request.sizes, request.shifts) = (parts, seeds, top, add)
        (request.hasAllSimilarities, request.halfWidth) = (allSimilarities, within.map { $0 / 100 })
        request.kinds = (lacks ? .neurons : units).kinds
        if !scale.isEmpty { request.scales = scale }
        request.sentences = sentences
        return (
            try study.layer(counting: counting, units: Set(request.kinds).union([.neuron])), request,
            lacks ? "no features: `miclip sae train --study \(target.folder.path)` makes them" : nil
        )
    }

    func imported(_ layer: StudiedLayer) throws -> [Int: String]? {
        try importedFile.map { try layer.importedDescriptions(URL(filePath: $0)) }
    }

    /// The command that makes the same, without what is as it is by default.
    func command(as verb: String, _ study: StudyOptions) -> String {
        var words = ["miclip", verb]
        for part in parts where parts.count < EvaluationPart.allCases.count {
            words.append(part == .descriptions ? "--accuracy" : "--\(part.rawValue)")
        }
        if seeds != 3 { words.append("--seeds \(seeds)") }
        if top != [5, 10, 20] { words.append("--top \(top.map(String.init).joined(separator: " "))") }
        if !scale.isEmpty { words.append("--scale \(scale.map { "\($0)" }.joined(separator: " "))") }
        if add != [1, -1] { words.append("--add \(add.map { "\($0)" }.joined(separator: " "))") }
        if allSimilarities { words.append("--all-similarities") }
        if units != .both { words.append("--units \(units.rawValue)") }
        if let within { words.append("--within \(within)") }
        let named = [
            ("--descriptions", importedFile), ("--sentences", sentences), ("--images", counting.images),
            ("--classes", counting.classes),
            ("--study", study.study), ("--layer", study.layer), ("--model", study.model),
            ("--concepts", study.concepts),
        ]
        words += named.compactMap { name, value in value.map { "\(name) '\($0)'" } }
        return words.joined(separator: " ")
    }
}
