import Analysis
import ArgumentParser
import Workbench

struct Intervene: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scale or shift the units of a concept and count what it does to accuracy.",
        discussion: """
            The units are the concept's best by the chosen ranking; accuracy is counted on held-out images.

            Examples:
              miclip intervene boot --top 20 --scale 0     remove
              miclip intervene boot --top 20 --scale 2     enhance
              miclip intervene boot --top 20 --add 0.5 --curve --json
            """)

    @Argument(help: "The concept, any words.") var concept: String
    @Option(help: "τ, how many units.") var top = 20
    @Option(parsing: .unconditional, help: ArgumentHelp("Multiply each activation by this β.", valueName: "beta"))
    var scale: Double?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Add this β to each activation, along the unit's pole.", valueName: "beta"))
    var add: Double?
    @Flag(help: "Print the accuracy over a range of β too.") var curve = false
    @Option(help: "How units are ranked: contribution or cosine.") var ranking = Ranking.contribution
    @Option(name: .customLong("class"), help: "Count this class's accuracy.") var className: String?
    @OptionGroup var units: UnitOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(top, "--top")
        guard (scale == nil) != (add == nil) else { throw ValidationError("Give either --scale or --add.") }
        guard (scale ?? add)?.isFinite == true else { throw ValidationError("β must be a finite number.") }
    }

    func run() throws {
        let workbench = try study.open()
        let study = try withProgress { try workbench.prepare($0, features: units.kind == .feature) }
        let found = try study.locate(
            concept, ranking: ranking, chosenClass: try className.map(study.classIndex), units: units.kind)
        let intervention = Intervention(
            units: found.units.prefix(top).map(\.unit), operator: scale == nil ? .adding : .scaling,
            beta: scale ?? add ?? 0)
        let outcome = try withProgress {
            try workbench.outcome(of: intervention, target: found.target.index, in: study, $0)
        }
        let points = curve ? try study.curvePoints(intervention, target: found.target.index) : nil
        try output.print(InterventionDocument(found, intervention, outcome, curve: points)) { document in
            var lines = [
                "\(found.concept): class \(Wording.tie(found.target)), \(document.units.count) units by \(ranking.rawValue), "
                    + "\(document.operator) by β = \(document.beta)",
                "class    " + Wording.change(outcome.before.ofClass, outcome.after.ofClass),
                "others   " + Wording.change(outcome.before.ofOthers, outcome.after.ofOthers),
                "overall  " + Wording.change(outcome.before.overall, outcome.after.overall),
            ]
            for point in document.curve ?? [] {
                lines.append(
                    "β = \(number(point.beta, 2).leftPadded(6))  class \(number(100 * point.classAccuracy, 2).leftPadded(6)) %"
                        + "  overall \(number(100 * point.accuracy, 2).leftPadded(6)) %")
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension StudyAnalysis {
    /// The curve over the explorer's range of β.
    fileprivate func curvePoints(
        _ intervention: Intervention, target: Int
    ) throws -> [InterventionDocument.Point] {
        let curve = try curve(units: intervention.units, operator: intervention.operator, target: target)
        let betas: [Double] =
            intervention.operator == .scaling ? (0...80).map { Double($0) / 20 } : (-50...50).map { Double($0) / 10 }
        return betas.map { beta in
            let accuracy = curve.accuracy(at: beta)
            return .init(
                beta: beta, accuracy: accuracy.overall, classAccuracy: accuracy.ofClass,
                otherAccuracy: accuracy.ofOthers)
        }
    }
}

/// JSON of `intervene`.
struct InterventionDocument: Encodable {
    struct Change: Encodable {
        var before: Double
        var after: Double
    }

    struct Point: Encodable {
        var beta: Double
        var accuracy: Double
        var classAccuracy: Double
        var otherAccuracy: Double
    }

    var concept: String
    var `class`: String
    var classOrigin: String
    var ranking: String
    var units: [String]
    var `operator`: String
    var beta: Double
    var accuracy: Change
    var classAccuracy: Change
    var otherAccuracy: Change
    var images: Int
    var curve: [Point]?

    init(_ found: Localization, _ intervention: Intervention, _ outcome: InterventionOutcome, curve: [Point]?) {
        concept = found.concept
        `class` = found.target.name
        classOrigin = found.target.origin.rawValue
        ranking = found.ranking.rawValue
        units = intervention.units.map(\.description)
        `operator` = intervention.operator.rawValue
        beta = intervention.beta
        accuracy = Change(before: outcome.before.overall, after: outcome.after.overall)
        classAccuracy = Change(before: outcome.before.ofClass, after: outcome.after.ofClass)
        otherAccuracy = Change(before: outcome.before.ofOthers, after: outcome.after.ofOthers)
        images = outcome.images
        self.curve = curve
    }
}
