import Analysis
import Foundation

extension Report {
    /// The dossier of an audit.
    package init(_ audit: AuditResult, command: String) {
        self.init(
            title: "Audit of \(audit.facts.layer) of \(audit.facts.model)",
            facts: Self.facts(audit.facts) + [
                ("images that chose, that report", "\(grouped(audit.choosing)), \(grouped(audit.reporting))"),
                ("words asked", "\(audit.words) of \(audit.wordsInAll)"),
                ("groups", audit.groups.isEmpty ? "none given" : audit.groups.map(\.group).joined(separator: ", ")),
            ],
            sections: [Self.findings(audit), Self.leanings(audit)] + Self.groups(audit), units: Self.pictures(audit),
            command: command,
            digests: audit.digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private static func percent(_ share: Double) -> String { number(100 * share, 1) + " %" }

    private static func change(_ change: AccuracyChange?) -> String {
        change.map { plain(100 * ($0.after - $0.before), digits: 1, signed: true) } ?? "-"
    }

    private static func p(_ value: Double) -> String { value < 0.001 ? "< .001" : number(value, 3) }

    /// What was found, most beyond chance first.
    private static func findings(_ audit: AuditResult) -> ReportSection {
        let kind = audit.request.kind.rawValue
        let rows = audit.findings.map { own, concept in
            [
                own, concept.concept, "\(plain(concept.excess, digits: 1, signed: true))", p(concept.correctedP),
                change(concept.removed.classAccuracy), change(concept.removed.otherAccuracy),
                concept.examples.prefix(3).map(\.name).joined(separator: ", "),
            ]
        }
        return ReportSection(
            title: "Findings",
            sentences: [
                rows.isEmpty
                    ? "None: no class leans on anything that is not of it more than on random \(kind)s."
                    : "What classes lean on that is not of them, the furthest beyond random sets of \(kind)s first."
            ],
            columns: rows.isEmpty
                ? [] : ["class", "leans on", "beyond random (sd)", "p", "× 0 class", "others", "to be seen on"],
            rows: rows)
    }

    /// Pictures of what has no words.
    private static func pictures(_ audit: AuditResult) -> [Unit] {
        audit.classes.flatMap { own in
            own.concepts.filter { !$0.examples.isEmpty && !$0.isOfClass }.map {
                Unit(
                    name: $0.concept, description: "mistakes that look least like \(own.name)",
                    figures: $0.units.prefix(5).map(\.shortName).joined(separator: " "), images: $0.examples)
            }
        }
    }

    private static func likeness(_ concept: AuditedConcept) -> String {
        guard concept.origin == .mistakes else {
            return plain(concept.likeness) + (concept.likeness < concept.limit ? "" : " (near)")
        }
        let share = concept.resemblance.map {
            "\(number(100 * $0.share, 0)) ± \(number(100 * $0.halfWidth, 0)) % of the way"
        }
        return (share ?? "unknown") + (concept.isOfClass ? " (of it)" : "")
    }

    private static func leanings(_ audit: AuditResult) -> ReportSection {
        let (tests, kind) = (audit.classes.reduce(0) { $0 + $1.concepts.count }, audit.request.kind.rawValue)
        let rows = audit.classes.flatMap { own in
            own.concepts.enumerated().map { place, concept in
                [
                    place == 0 ? own.name : "",
                    concept.concept + (concept.alike.isEmpty ? "" : " (+ \(concept.alike.count))"),
                    likeness(concept),
                    plain(concept.leaning, digits: 3), plain(concept.randomMean, concept.randomDeviation, digits: 3),
                    p(concept.correctedP) + (concept.isFinding ? " *" : ""), percent(concept.randomConcepts),
                    change(concept.removed.classAccuracy), change(concept.removed.otherAccuracy),
                    change(concept.doubled.classAccuracy), change(concept.doubled.otherAccuracy),
                ]
            }
        }
        return ReportSection(
            title: "What classes lean on that is not of them",
            sentences: [
                "Of each class the concepts that are further from it in the concept space than half of the other classes are"
                    + (audit.hasWordNet ? ", and no kind of it or it of them by WordNet" : "")
                    + ", and whose \(audit.request.units) \(kind)s by \(audit.request.ranking.title), removed, take most off its "
                    + "logit (centred over classes, mean over its images). Chosen on \(grouped(audit.choosing)) held-out images, told of "
                    + "the other \(grouped(audit.reporting)). A concept with nearly the \(kind)s of one above it is counted in brackets."
                    + (audit.measuredImages.map {
                        " Measured by running the rest of the model again on \(grouped($0)) images of each half."
                    } ?? ""),
                "Random: mean and standard deviation over \(grouped(audit.randomSets)) sets of as many neurons. p: the share that reaches "
                    + "it, by Holm over \(grouped(tests)) tests; * under .05: \(audit.findings.count) of them. Random concepts: how many of "
                    + "\(grouped(audit.randomConcepts)) vectors drawn from the concept space reach it, ranked likewise, uncorrected: "
                    + "where they are many, the \(kind)s matter and the word says little.",
                "× 0, × 2: change of accuracy in points with the \(kind)s removed and doubled, on the class and on the others"
                    + (audit.otherImages.map { " (\(grouped($0)) images, drawn once)." } ?? "."),
            ]
                + (audit.hasMistakes
                    ? [
                        "taken for …: what images that are taken for the class have beside those of their own classes that are not, by "
                            + "the image encoder; no groups are needed for it. Likeness says how far on the way from their own classes to this "
                            + "one the image encoder sees these images, ± 95 %. Unless that is under the middle (by a t-test, with Holm's correction "
                            + "over classes) it says \"of it\", and it is no finding: the images may well look like the class."
                    ] : ["Mistakes were not looked at, as embedding the held-out images would take long."]),
            columns: [
                "class", "leans on", "likeness", "leaning", "random", "p", "random concepts", "× 0 class", "others",
                "× 2 class", "others",
            ], rows: rows)
    }

    private static func groups(_ audit: AuditResult) -> [ReportSection] {
        guard !audit.groups.isEmpty else { return [] }
        let rows = audit.classes.filter { $0.groups.count > 1 }.map { own -> [String] in
            let worst = own.groups.min { $0.accuracy < $1.accuracy }
            let start = [
                own.name, worst.map { "\($0.group) (\(grouped($0.images)))" } ?? "",
                worst.map {
                    "\(percent($0.accuracy)) [\(percent($0.interval.lowerBound)), \(percent($0.interval.upperBound))]"
                }
                    ?? "",
            ]
            guard let mend = own.mend else {
                let why = audit.measuredImages == nil ? "nothing within the bound" : "not tried"
                return start + [why] + [String](repeating: "", count: 7)
            }
            let after = mend.after.min { $0.accuracy < $1.accuracy }
            let (units, beta) = ("\(mend.units.count)", "\(mend.operator == .scaling ? "×" : "+") \(plain(mend.beta))")
            return start + [
                mend.concept + (mend.second == nil ? "" : ", and its own"),
                units + (mend.second.map { ", \($0.units.count)" } ?? ""),
                beta + (mend.second.map { ", + \(plain($0.beta))" } ?? ""),
                after.map { "\(percent($0.accuracy)) (\($0.group))" } ?? "",
                plain(100 * (mend.worst.after - mend.worst.before), digits: 1, signed: true),
                plain(100 * mend.randomGain, digits: 1, signed: true) + " (\(grouped(mend.randomSets)))",
                p(mend.correctedP) + (mend.correctedP < 0.05 ? " *" : ""),
                "\(change(mend.outcome.classAccuracy)), \(change(mend.outcome.otherAccuracy))",
            ]
        }
        let cells = audit.groups.map { [$0.group, "\($0.images)", percent($0.accuracy)] }
        return [
            ReportSection(
                title: "Groups",
                sentences: ["On the \(grouped(audit.reporting)) images that report, all classes together."],
                columns: ["group", "images", "accuracy"], rows: cells),
            ReportSection(
                title: "The worst group of each class, and what mends it",
                sentences: [
                    "The smallest set of units of a listed concept or a group, and the β, that raise the worst group to within one "
                        + "standard error of the best found, while the other classes lose at most "
                        + "\(plain(100 * audit.request.damage)) points: on the images that chose. Told of the others. Exact over β "
                        + "from -2 to 4 (scaling) and three typical deviations (adding).",
                    "Where no such set does better than random ones and the class's groups differ beyond chance (95 % intervals, on the images "
                        + "that chose), the units are scaled (β from -2 to 0.5 in steps of a half) and "
                        + "\(audit.request.units) of the class's own shifted after it: \"and its own\". A cue that pulls other classes "
                        + "over takes all of the loss that they may have; without it, the class's boundary can be moved.",
                    "Random: mean gain of sets of as many units given the same choice of β, and how many were drawn; of two edits in the "
                        + "place of the first. p doubled, as two kinds are tried, and by Holm over the classes.",
                ]
                    + (audit.measuredImages == nil
                        ? []
                        : [
                            "Nothing is mended here: it takes curves that are exact over β, and the logits are not linear in these "
                                + "units."
                        ]),
                columns: [
                    "class", "worst group", "accuracy", "mended by", "units", "β", "worst then", "gain", "random",
                    "p",
                    "class, others",
                ], rows: rows),
        ]
    }
}
