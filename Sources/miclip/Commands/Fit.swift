import Analysis
import ArgumentParser
import Workbench

struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the strength that does most for a class within a bound on damage to the rest.",
        discussion: """
            β is chosen on one half of the held-out images and reported on the other. With --and, the β of every \
            intervention is fitted, one after the other until none gains.

            Examples:
              miclip fit boot --top 20 --damage 0.5
              miclip fit shirt --and "t-shirt:x1" --damage 1
            """)

    @Argument(help: "The concept, any words.") var concept: String
    @Option(help: "τ, how many units.") var top = 20
    @Option(help: "Points of accuracy that the other classes may lose.") var damage = 0.5
    @Option(help: ArgumentHelp("One more intervention, as concept:x1 or concept:+0.", valueName: "concept:xbeta"))
    var and: [FurtherIntervention] = []
    @Flag(help: "Shift the activations instead of scaling them.") var add = false
    @Option(help: Ranking.help) var ranking: Ranking?
    @Option(name: .customLong("class"), help: "Count this class's accuracy.") var className: String?
    @Option(parsing: .unconditional, help: "The least β to try.") var from: Double?
    @Option(parsing: .unconditional, help: "The greatest β to try.") var to: Double?
    @OptionGroup var units: UnitOptions
    @OptionGroup var counting: CountingOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(top, "--top")
        guard damage >= 0, damage.isFinite else { throw ValidationError("--damage must be 0 or more points.") }
        guard (from ?? -2) < (to ?? 4), (from ?? 0).isFinite, (to ?? 0).isFinite else {
            throw ValidationError("--from must be less than --to.")
        }
    }

    func run() throws {
        let study = try study.layer(counting: counting, units: [units.kind])
        try warn(ofDoubtIn: study)
        let ranking = ranking ?? study.reader.standardRanking
        let list = SteeringList.of(
            concept, add ? .adding : .scaling, beta: add ? 0 : 1, top: top, ranking: ranking, further: and)
        let (steering, target) = try list.steering(
            in: study, units: units.kind, chosenClass: try className.map(study.classIndex))
        let fit = try withProgress { work in
            try study.fit(
                steering, Array(steering.interventions.indices),
                ranges: steering.interventions.map { ($0.operator == .scaling ? from ?? -2 : from ?? -5)...(to ?? 4) },
                target: target.index, bound: damage / 100, work)
        }
        let document = FitDocument(
            concepts: list.entries.map(\.concept), class: target.name, betas: fit.betas, reader: study.reader.title,
            damageBound: damage,
            fitted: .init(fit.fitted), reported: .init(fit.reported))
        try output.print(document) { document in
            var lines = [
                "class \(Wording.tie(target)), others may lose \(number(damage, 2)) points"
                    + (document.reader.map { "; classes by the \($0)" } ?? "")
            ]
            for (entry, beta) in zip(list.entries, fit.betas) {
                lines.append("\(entry.concept.padded(16))\(entry.operator.rawValue) by β = \(number(beta, 3))")
            }
            for (name, outcome) in [("fitted on", fit.fitted), ("reported on", fit.reported)] {
                lines.append("\(name) \(grouped(outcome.images)) images")
                lines.append("  class    " + Wording.change(outcome.classAccuracy))
                lines.append("  others   " + Wording.change(outcome.otherAccuracy))
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension SteeringList {
    /// A concept's intervention, with further ones after it; the first is selected.
    static func of(
        _ concept: String, _ kind: Operator, beta: Double, top: Int, ranking: Ranking, further: [FurtherIntervention]
    ) -> SteeringList {
        func entry(_ concept: String, _ kind: Operator, _ beta: Double, _ top: Int) -> SteeringEntry {
            var entry = SteeringEntry(concept: concept, ranking: ranking, setSize: top, operator: kind)
            entry.beta = beta
            return entry
        }
        return SteeringList(
            [entry(concept, kind, beta, top)] + further.map { entry($0.concept, $0.operator, $0.beta, $0.top ?? top) })
    }
}
