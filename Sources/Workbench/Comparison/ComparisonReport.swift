import Analysis
import Foundation

extension LayerComparison {
    /// As people read it.
    package var sections: [ReportSection] {
        [unitSection, conceptSection] + (curves.isEmpty ? [] : [curveSection])
    }

    /// As the explorer shows it.
    package var shown: ComparedLayers {
        ComparedLayers(
            units: request.units, sections: sections, pairs: pairs,
            moves: moves.map { .init($0.move, first: $0.strengths.first, second: $0.strengths.second) })
    }

    /// Every figure by name: what a comparison is verified by.
    package var figures: [EvaluationFigure] {
        func figure(_ name: String, _ value: Double, _ n: Int, halfWidth: Double? = nil) -> EvaluationFigure {
            EvaluationFigure(name: "compare/" + name, value: value, halfWidth: halfWidth, n: n)
        }
        let counts = ConceptFate.allCases.map { figure("concepts \($0.rawValue)", Double(count($0)), moves.count) }
        let points = curves.flatMap { curve in
            curve.points.flatMap { point in
                let name = "\(curve.concept)/\(strength(point.beta))/"
                return [
                    figure(name + "first", Double(point.first) / Double(max(1, curve.images)), curve.images),
                    figure(name + "second", Double(point.second) / Double(max(1, curve.images)), curve.images),
                    figure(name + "difference", point.difference, curve.images, halfWidth: point.halfWidth),
                    figure(name + "others", point.others, facts.heldOutImages, halfWidth: point.othersHalfWidth),
                ]
            }
        }
        return [
            figure("pairs", Double(pairs.count), images), figure("pairs of the same number", Double(unmoved), images),
            figure("mean correlation", meanCorrelation, pairs.count), figure("chance", Double(chance), images),
            figure("concepts lost by another seed", Double(noise.lost), moves.count),
            figure("concepts gained by another seed", Double(noise.gained), moves.count),
        ] + counts + points
    }

    private var kind: String { request.units.rawValue }

    private var unitSection: ReportSection {
        let paired = Set(pairs.map(\.first)).count
        let sizes = pairs.map { abs($0.correlation) }.sorted()
        let limits: [(String, Float, Float)] = [
            ("0.99 to 1", 0.99, 2), ("0.9 to 0.99", 0.9, 0.99), ("0.5 to 0.9", 0.5, 0.9), ("under 0.5", 0, 0.5),
        ]
        let rest = [["in no pair", "\(grouped(units.first - paired)) and \(grouped(units.second - pairs.count))", ""]]
        return ReportSection(
            title: "Units of \(first) and of \(second)",
            sentences: [
                "\(grouped(paired)) of \(grouped(units.first)) and \(grouped(units.second)) \(kind)s are pairs: each goes with no other of the other layer "
                    + "more, over \(grouped(images)) probe images, and more than any two do with the images in another order (|r| "
                    + "\(number(chance, 3))). "
                    + "\(grouped(unmoved)) are pairs of the same number. Mean |r| "
                    + "\(number(meanCorrelation, 4)), least \(number(sizes.first ?? 0, 4))."
            ],
            columns: ["|r|", "pairs", "of the same number"],
            rows: limits.map { name, least, below in
                let own = pairs.filter { abs($0.correlation) >= least && abs($0.correlation) < below }
                return [name, "\(own.count)", "\(own.count { $0.first == $0.second })"]
            } + rest)
    }

    private var conceptSection: ReportSection {
        let told = [ConceptFate.gained, .lost, .moved].flatMap { fate in
            moves.filter { $0.move.fate == fate }.sorted {
                abs($0.strengths.second - $0.strengths.first) > abs($1.strengths.second - $1.strengths.first)
            }.prefix(Self.most)
        }
        let (lost, gained) = (count(.lost), count(.gained))
        let isNoise = lost <= noise.lost && gained <= noise.gained
        return ReportSection(
            title: "Concepts",
            sentences: [
                "A concept is kept where it is the best description of two units that are a pair, moved where of units of both that "
                    + "are none. \(grouped(count(.kept))) kept, \(grouped(count(.moved))) moved, \(grouped(gained)) gained, \(grouped(lost)) lost. Aligned from another "
                    + "seed, the first layer itself gains \(grouped(noise.gained)) and loses \(grouped(noise.lost))"
                    + (isNoise ? ": no concept is gained or lost beyond that." : "."),
                "Strength: the greatest cosine of any unit with the concept.",
            ],
            columns: ["concept", "", "units before", "units after", "strength before", "after"],
            rows: told.map { found in
                func names(_ units: [InternalUnit]) -> String {
                    units.prefix(3).map(\.shortName).joined(separator: " ")
                        + (units.count > 3 ? " + \(units.count - 3)" : "")
                }
                return [
                    found.move.concept, found.move.fate.rawValue, names(found.move.before), names(found.move.after),
                    number(found.strengths.first, 3), number(found.strengths.second, 3),
                ]
            })
    }

    /// Concepts of each fate in the table.
    private static let most = 20

    private var curveSection: ReportSection {
        func percent(_ right: Int, of images: Int) -> String {
            let share = Double(right) / Double(max(1, images))
            let interval = wilsonInterval(share, count: images)
            return "\(number(100 * share, 1)) % "
                + "[\(number(100 * interval.lowerBound, 1)), \(number(100 * interval.upperBound, 1))]"
        }
        return ReportSection(
            title: "Accuracy as a concept's units are scaled",
            sentences: [
                "Each layer's own units of the concept, on the held-out images; β = 1 is the model as it is. Difference: second less "
                    + "first, in points ± 95 % by the images' own differences."
            ],
            columns: ["concept", "class", "β", "first", "second", "difference", "on others"],
            rows: curves.flatMap { curve in
                curve.points.enumerated().map { place, point in
                    [
                        place == 0 ? curve.concept : "", place == 0 ? "\(curve.class) (\(grouped(curve.images)))" : "",
                        strength(point.beta, 1), percent(point.first, of: curve.images),
                        percent(point.second, of: curve.images),
                        Report.plain(point.difference, point.halfWidth, digits: 1, signed: true),
                        Report.plain(point.others, point.othersHalfWidth, digits: 1, signed: true),
                    ]
                }
            })
    }
}

extension Report {
    /// The dossier of a comparison.
    package init(_ comparison: LayerComparison, command: String) {
        self.init(
            title: "\(comparison.first) and \(comparison.second)",
            facts: [
                ("study", comparison.facts.study), ("first", "\(comparison.first)"), ("second", "\(comparison.second)"),
                ("probe images", grouped(comparison.images)),
                ("held-out images", grouped(comparison.facts.heldOutImages)),
                ("concepts", grouped(comparison.facts.concepts)),
            ],
            sections: comparison.sections, command: command,
            digests: comparison.digests.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
