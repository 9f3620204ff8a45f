import Analysis
import ArgumentParser
import Workbench

struct Locate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rank the units that carry a concept.",
        discussion: """
            Rankings:
            \(Ranking.explanations)

            A concept is any words, a sum of them with blanks around the signs, or a probe image by its number, alone or in
            a sum.

            Examples:
              miclip locate "ankle boot" --top 5
              miclip locate "ankle boot - boot + sandal"
              miclip locate "image 12"
            """)

    @Argument(help: "The concept: any words, a sum of them, an image.") var concept: String
    @Option(help: "How many units.") var top = 10
    @Option(help: Ranking.help) var ranking: Ranking?
    @Option(name: .customLong("class"), help: "Tie the concept to this class.") var className: String?
    @OptionGroup var units: UnitOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(top, "--top") }

    func run() throws {
        let study = try study.layer(units: [units.kind])
        let chosen = try className.map(study.classIndex)
        var found = try study.locate(
            concept, ranking: ranking, chosenClass: chosen, units: units.kind)
        found.units = Array(found.units.prefix(top))
        try output.print(LocalizationDocument(found)) { document in
            let lines = document.units.map { "\($0.unit.padded(14))\(number($0.score, 4).leftPadded(10))" }
            let near = found.nearest.map {
                ($0.isFar ? "far from every known concept, the nearest is " : "like ")
                    + "\($0.concept) \(number(Double($0.score), 2))"
            }
            return
                ([
                    "\(found.concept): class \(Wording.tie(found.target)), by \(found.ranking.title): \(found.ranking.explanation)"
                ] + [near].compactMap { $0 } + lines)
                .joined(separator: "\n")
        }
    }
}
