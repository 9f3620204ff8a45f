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
              miclip intervene --units norm:45-,norm:17+ --scale 0
              miclip intervene --units norm:45-,norm:f17 --scale 0     a neuron and a feature at once
              miclip intervene "45- 17+ @ boot" --scale 0     read on the class boot
              miclip intervene boot --scale 2 --and sandal:x0 --and bag:+0.5:10 --changes
              miclip intervene boot --scale 0 --layer blocks.1 --probe-head
              miclip intervene boot --scale 0 --study clip.study --classes groups.txt --template "a photo of a {}"
            """)

    @Argument(help: "The concept, any words; or units by name: \"45- 17+\".") var concept: String?
    @Option(help: "τ, how many units.") var top = 20
    @Option(parsing: .unconditional, help: ArgumentHelp("Multiply each activation by this β.", valueName: "beta"))
    var scale: Double?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Add this β to each activation, along the unit's pole.", valueName: "beta"))
    var add: Double?
    @Flag(help: "Print the accuracy over a range of β too.") var curve = false
    @Option(
        help: ArgumentHelp(
            "One more intervention, after the first: concept:x0 scales, concept:+0.5 shifts; :10 behind sets τ.",
            valueName: "concept:xbeta"))
    var and: [FurtherIntervention] = []
    @Flag(help: "Print which answers changed, from what to what.") var changes = false
    @Option(help: "Stop counting once the 95 % interval is within so many points (deep layers).") var within: Double?
    @Option(help: Ranking.help) var ranking: Ranking?
    @Option(name: .customLong("class"), help: "Count this class's accuracy.") var className: String?
    @Option(
        help: """
            Which units: neurons, features of the study's sparse autoencoder, or some by name: norm:45-,norm:17+; \
            of both kinds too: norm:45-,norm:f17.
            """)
    var units = SteeredUnits.ofConcept(.neurons)
    @OptionGroup var counting: CountingOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(top, "--top")
        if let within, !(within > 0) { throw ValidationError("--within must be more than 0 points.") }
        guard (concept == nil) == units.areNamed else {
            throw ValidationError(
                concept == nil
                    ? "Give a concept, or units by name: --units norm:45-,norm:17+."
                    : "Give either a concept or units by name.")
        }
        guard (scale == nil) != (add == nil) else { throw ValidationError("Give either --scale or --add.") }
        guard (scale ?? add)?.isFinite == true else { throw ValidationError("β must be a finite number.") }
    }

    func run() throws {
        let study = try study.layer(counting: counting, units: Set(units.kinds))
        try warn(ofDoubtIn: study)
        let ranking = ranking ?? study.reader.standardRanking
        let kind: Operator = scale == nil ? .adding : .scaling
        let list = SteeringList.of(
            units.text ?? concept ?? "", kind, beta: scale ?? add ?? 0, top: units.count ?? top, ranking: ranking,
            further: and)
        let (steering, target) = try list.steering(
            in: study, units: units.kinds[0], chosenClass: try className.map(study.classIndex))
        let outcome = try withProgress {
            try study.outcome(of: steering, target: target.index, halfWidth: within.map { $0 / 100 }, $0)
        }
        let points = curve ? try study.curvePoints(steering, target: target.index, like: outcome) : nil
        let inspection = changes ? try study.inspection(of: steering) : nil
        let made = InterventionDocument(
            list, steering, target, outcome, curve: points,
            changes: inspection.map { ChangesDocument($0, classes: study.countedClasses.names) }, reader: study.reader)
        let areNamed = !ConceptText(list.active.concept, layer: study.encoder.layer).units.isEmpty
        try output.print(made) { document in
            let chosen = Wording.units(document.units.count) + (areNamed ? "" : " by \(ranking.title)")
            var lines = [
                "\(document.concept): class \(Wording.tie(target)), \(chosen), "
                    + "\(document.operator) by β = \(strength(document.beta, 1))"
                    + (document.reader.map { "; classes by the \($0)" } ?? "")
            ]
            for held in document.and ?? [] {
                lines.append(
                    "and \(held.concept): \(Wording.units(held.units.count)), \(held.operator) by β = \(strength(held.beta, 1))"
                )
            }
            lines += [
                "class    " + Wording.change(outcome.classAccuracy),
                "others   " + Wording.change(outcome.otherAccuracy),
                "overall  " + Wording.change(outcome.accuracy),
            ]
            if !outcome.isComplete {
                let interval = outcome.classInterval
                lines.append(
                    "counted on \(grouped(outcome.images)) of \(grouped(outcome.imagesInAll)) images; class "
                        + "\(number(100 * interval.lowerBound, 2)) to \(number(100 * interval.upperBound, 2)) % (95 %)")
            }
            lines += document.changes?.lines ?? []
            for point in document.curve ?? [] {
                let ofClass = point.classAccuracy.map { "class \(number(100 * $0, 2).leftPadded(6)) %  " } ?? ""
                lines.append(
                    "β = \(number(point.beta, 2).leftPadded(6))  \(ofClass)"
                        + "overall \(number(100 * point.accuracy, 2).leftPadded(6)) %")
            }
            return lines.joined(separator: "\n")
        }
    }
}

extension StudiedLayer {
    /// The curve over the explorer's range of β.
    ///
    /// - Throws: `notLinear` where each β needs forward passes.
    fileprivate func curvePoints(
        _ steering: Steering, target: Int, like outcome: InterventionOutcome
    ) throws -> [InterventionDocument.Point] {
        let betas: [Double] =
            steering.active.operator == .scaling
            ? (-40...80).map { Double($0) / 20 } : (-50...50).map { Double($0) / 10 }
        if try heldOut.remainder.kind == .normalized {
            return try sweep(of: steering, target: target, at: betas)
                .map { .init(beta: $0.beta, $0.accuracy, like: outcome) }
        }
        let curve = try curve(of: steering.curveSubject, target: target)
        return betas.map { .init(beta: $0, curve.accuracy(at: $0), like: outcome) }
    }
}
