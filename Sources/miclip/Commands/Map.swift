import Analysis
import ArgumentParser
import Foundation
import Pictures
import WordNet
import Workbench

struct Map: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lay the units out on a plane, near what means the same.",
        discussion: """
            t-SNE of the units' embeddings in the concept space. Each unit has a super-category, by WordNet, of the \
            concept that describes it best, and a class, the one on which it is most active. The silhouette says how \
            well they part the units in the concept space, beside 1,000 random orders of the labels. A feature lies \
            where what it responds to lies; dead ones are left out.

            Example: miclip map --output map.svg
            """)

    @Option(help: ArgumentHelp("Draw the map into this file: .svg or .png.", valueName: "file"), completion: .file())
    var output: String?
    @OptionGroup var units: UnitOptions
    @Option(help: "About how many neighbours a unit has.") var perplexity = 30.0
    @Option(help: "Seed of the layout.") var seed: UInt64 = 0
    @Option(help: "What the colours stand for: category or class.") var color = MapColoring.category
    @Option(
        help: ArgumentHelp(
            "Super-categories from this file instead of WordNet: a concept, a tab, its category.", valueName: "file"),
        completion: .file())
    var labels: String?
    @OptionGroup var study: StudyOptions
    @OptionGroup var document: OutputOptions

    func validate() throws {
        guard perplexity.isFinite, perplexity >= 1 else {
            throw ValidationError("--perplexity must be at least 1; found \(perplexity).")
        }
        if let output, MapFormat(file: URL(filePath: output)) == nil {
            throw ValidationError("--output must end in .svg or .png; found \(output).")
        }
    }

    func run() throws {
        let categories =
            try labels.map { try SuperCategories(labels: URL(filePath: $0)) }
            ?? WordNet.installed().map(SuperCategories.init)
        let layer = try study.layer(units: [units.kind])
        let map = try withProgress { work in
            let parameters = TSNEParameters(perplexity: perplexity, seed: seed)
            return try layer.map(units: units.kind, parameters: parameters, categories: categories, work)
        }
        if let output, let format = MapFormat(file: URL(filePath: output)) {
            try UserFile.write(map.picture(format, coloring: color), to: URL(filePath: output))
        }
        let source = labels ?? (categories == nil ? nil : "WordNet")
        try document.print(MapDocument(map, categorySource: source)) { _ in
            summary(map, hasCategories: categories != nil)
        }
    }

    /// The groups with their sizes, and how well they part the units.
    private func summary(_ map: UnitMap, hasCategories: Bool) -> String {
        var lines: [String] = []
        if !hasCategories {
            lines.append(
                "No WordNet was found (Debian: wordnet-base) and no --labels given: every unit is in category other.")
        }
        if map.deadFeatures > 0 { lines.append("\(map.deadFeatures) dead features are left out") }
        for (name, size) in zip(map.groups(color), map.sizes(color)) {
            lines.append("\(size)".leftPadded(6) + "  " + name)
        }
        for coloring in MapColoring.allCases {
            let name = coloring == .category ? "super-categories" : "classes"
            guard let score = map.silhouette(coloring) else {
                lines.append("silhouette of the \(name): none, there are fewer than two")
                continue
            }
            let z = score.z.map { ", z \(number($0, 1))" } ?? ""
            lines.append(
                "silhouette of the \(name): \(number(score.score, 3)); shuffled \(number(score.shuffledMean, 3)) ± "
                    + "\(number(score.shuffledDeviation, 3))\(z), p \(number(score.pValue, 4))")
        }
        if let divergence = map.divergence {
            lines.append(
                "t-SNE: KL \(number(divergence, 3)), perplexity \(number(map.perplexity, 1)), seed \(map.seed)")
        }
        if let output { lines.append("written to \(output)") }
        return lines.joined(separator: "\n")
    }
}

extension MapColoring: ExpressibleByArgument {}
