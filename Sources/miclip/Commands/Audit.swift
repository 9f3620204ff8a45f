import Analysis
import ArgumentParser
import Workbench

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what classes lean on that is not of them, and what mends their worst groups.",
        discussion: """
            Of every class the concepts that are far from it in the concept space and whose units, removed, take most off its \
            logit; beside random unit sets, corrected for the number of tests, and random concepts. One half of the held-out \
            images chooses, the other reports. Beside the words of the concept set stands what images have in common that are \
            taken for the class by mistake.

            --groups names the group of each held-out image, an image (as `t10k #17` or by its path), a tab and the group a line; \
            or `folders`, by the folder each lies in. Then each class's worst group is told, with the smallest unit set and the \
            β that mend it while the other classes lose no more than --damage points.

            Where the rest of the network is linear in the layer (norm, projection, logits, or --probe-head) what removing units does \
            is a sum, and exact. At deeper layers it is measured by running the model on from there, on 20 images of each class \
            for every set of units; that takes longer (--class for some classes only), and nothing is mended there.

            Examples:
              miclip audit --study photos.study
              miclip audit --units features --class shirt
              miclip audit --groups groups.txt --damage 1 --output dossier.html
              miclip audit --output audit.json && miclip verify audit.json
            """)

    @Option(
        help: ArgumentHelp("The group of each held-out image, or `folders`.", valueName: "file"), completion: .file())
    var groups: String?
    @Option(name: .customLong("class"), help: "Audit this class only; may be given several times.")
    var classes: [String] = []
    @Option(help: "Points of accuracy that other classes may lose where a class is mended.") var damage = 0.5
    @Option(help: "τ, how many units of a concept.") var top = 20
    @Option(help: "How many concepts to tell of each class.") var list = 5
    @Option(help: "How many concepts to ask at most: those that describe most units.") var ask = 500
    @Option(help: Ranking.help) var ranking: Ranking?
    @OptionGroup var units: UnitOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var dossier: DossierOptions

    func validate() throws {
        for (value, name) in [(top, "--top"), (list, "--list"), (ask, "--ask")] { try requirePositive(value, name) }
        guard damage >= 0, damage.isFinite else { throw ValidationError("--damage must be 0 or more points.") }
    }

    func run() throws {
        var request = AuditRequest()
        (request.units, request.listed, request.concepts) = (top, list, ask)
        (request.damage, request.groups) = (damage / 100, groups)
        request.classes = classes.isEmpty ? nil : classes
        request.unitKind = units.kind == .neuron ? nil : units.kind
        let layer = try study.layer(units: [units.kind])
        try warn(ofDoubtIn: layer)
        request.ranking = ranking ?? layer.reader.standardRanking
        let audit = try withProgress { work in try layer.audit(request, work) }
        try dossier.give(
            Report(audit, command: command), AuditDocument(audit, command: command), figures: audit.figures.count)
    }

    /// The command that makes the same, without what is as it is by default.
    private var command: String {
        var words = ["miclip", "audit"]
        if top != 20 { words.append("--top \(top)") }
        if list != 5 { words.append("--list \(list)") }
        if ask != 500 { words.append("--ask \(ask)") }
        if damage != 0.5 { words.append("--damage \(damage)") }
        if let ranking { words.append("--ranking \(ranking.rawValue)") }
        if units.kind != .neuron { words.append("--units \(units.units.rawValue)") }
        words += classes.map { "--class '\($0)'" }
        if let groups { words.append("--groups '\(groups)'") }
        words += study.words
        return words.joined(separator: " ")
    }
}
