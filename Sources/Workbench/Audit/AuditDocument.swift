import Analysis

/// JSON of `audit`.
package struct AuditDocument: Encodable {
    struct Cell: Encodable {
        var group: String
        var images: Int
        var accuracy: Double
        var interval: [Double]

        init(_ cell: GroupCell) {
            (group, images, accuracy) = (cell.group, cell.images, cell.accuracy)
            interval = [cell.interval.lowerBound, cell.interval.upperBound]
        }
    }

    struct Effect: Encodable {
        var classAccuracy, otherAccuracy: AccuracyChange?

        init(_ outcome: InterventionOutcome) {
            (classAccuracy, otherAccuracy) = (outcome.classAccuracy, outcome.otherAccuracy)
        }
    }

    struct Concept: Encodable {
        var concept, origin: String
        var likeness, limit: Double
        var units, alike: [String]
        var chosen, leaning, randomMean, randomDeviation, p, pHolm, randomConcepts: Double
        var isOfClass, isFinding: Bool
        var removed, doubled: Effect
        /// Of what mistakes have in common.
        var resemblance: Resemblance?
        /// Names of images that show it.
        var examples: [String]

        init(_ found: AuditedConcept) {
            (concept, origin) = (found.concept, found.origin.rawValue)
            (likeness, limit) = (found.likeness, found.limit)
            (units, alike) = (found.units.map(\.description), found.alike)
            (chosen, leaning) = (found.chosen, found.leaning)
            (randomMean, randomDeviation) = (found.randomMean, found.randomDeviation)
            (p, pHolm, randomConcepts) = (found.p, found.correctedP, found.randomConcepts)
            (isOfClass, isFinding) = (found.isOfClass, found.isFinding)
            (removed, doubled) = (Effect(found.removed), Effect(found.doubled))
            (resemblance, examples) = (found.resemblance.map(Resemblance.init), found.examples.map(\.name))
        }
    }

    struct Resemblance: Encodable {
        var share, interval, p, pHolm: Double
        var images: Int

        init(_ own: ClassResemblance) {
            (share, interval, p, pHolm) = (own.share, own.halfWidth, own.p, own.correctedP)
            images = own.images.count
        }
    }

    struct Mend: Encodable {
        var concept: String
        var units: [String]
        var `operator`: String
        var beta: Double
        var second: Shift?
        /// Of the worst group, on the images that chose and on those that report.
        var chosen, worst: AccuracyChange
        var groups: [Cell]
        var classAccuracy, otherAccuracy: AccuracyChange?
        var randomGain: Double
        var randomSets: Int
        var p, pHolm: Double

        init(_ mend: GroupMend) {
            (concept, units) = (mend.concept, mend.units.map(\.description))
            (`operator`, beta) = (mend.operator.rawValue, mend.beta)
            second = mend.second.map { Shift(units: $0.units.map(\.description), beta: $0.beta) }
            (chosen, worst, groups) = (mend.chosen, mend.worst, mend.after.map(Cell.init))
            (classAccuracy, otherAccuracy) = (mend.outcome.classAccuracy, mend.outcome.otherAccuracy)
            (randomGain, randomSets, p, pHolm) = (mend.randomGain, mend.randomSets, mend.p, mend.correctedP)
        }
    }

    /// Of the class's own units.
    struct Shift: Encodable {
        var units: [String]
        var beta: Double
    }

    struct Class: Encodable {
        var `class`: String
        var concepts: [Concept]
        var groups: [Cell]
        var mend: Mend?
    }

    var study, model, layer: String
    var heldOutAccuracy: Double
    /// Who says which class an image is, where that is not the model.
    var reader: String?
    var classes: [Class]
    var groups: [Cell]
    /// Held-out images that chose and that report; images of other classes, where not all of these are counted.
    var choosing, reporting: Int
    var otherImages: Int?
    /// Images that leanings are measured on, where these are no sums.
    var measuredImages: Int?
    /// Words that were asked, and of how many; sets and concepts that were drawn.
    var words, wordsInAll, randomSets, randomConcepts: Int
    var hasWordNet, hasMistakes: Bool
    var audit: AuditRequest
    var digests: [String: String]
    var figures: [EvaluationFigure]
    /// The command that makes the same again.
    var command: String

    package init(_ result: AuditResult, command: String) {
        (study, model, layer) = (result.facts.study, result.facts.model, result.facts.layer)
        (heldOutAccuracy, reader) = (result.facts.accuracy, result.facts.reader.title)
        classes = result.classes.map {
            Class(
                class: $0.name, concepts: $0.concepts.map(Concept.init), groups: $0.groups.map(Cell.init),
                mend: $0.mend.map(Mend.init))
        }
        groups = result.groups.map(Cell.init)
        (choosing, reporting, otherImages) = (result.choosing, result.reporting, result.otherImages)
        measuredImages = result.measuredImages
        (words, wordsInAll) = (result.words, result.wordsInAll)
        (randomSets, randomConcepts) = (result.randomSets, result.randomConcepts)
        (hasWordNet, hasMistakes) = (result.hasWordNet, result.hasMistakes)
        (audit, digests, figures, self.command) = (result.request, result.digests, result.figures, command)
    }
}

extension AuditResult {
    /// Every figure by name: what an audit is verified by.
    package var figures: [EvaluationFigure] {
        classes.flatMap { own -> [EvaluationFigure] in
            let told = own.concepts.flatMap { concept in
                let name = "audit/\(own.name)/\(concept.concept)/"
                return [
                    EvaluationFigure(name: name + "leaning", value: concept.leaning, n: concept.removed.classImages),
                    EvaluationFigure(name: name + "p", value: concept.correctedP, n: randomSets),
                    EvaluationFigure(
                        name: name + "removed", value: concept.removed.after.ofClass, n: concept.removed.classImages),
                    EvaluationFigure(
                        name: name + "doubled", value: concept.doubled.after.ofClass, n: concept.doubled.classImages),
                ]
                    + (concept.resemblance.map {
                        [
                            EvaluationFigure(
                                name: name + "resemblance", value: $0.share, halfWidth: $0.halfWidth, n: $0.images.count
                            )
                        ]
                    } ?? [])
            }
            let cells = own.groups.map {
                EvaluationFigure(
                    name: "audit/\(own.name)/group \($0.group)", value: $0.accuracy,
                    halfWidth: ($0.interval.upperBound - $0.interval.lowerBound) / 2, n: $0.images)
            }
            let mended = (own.mend?.after ?? []).map {
                EvaluationFigure(
                    name: "audit/\(own.name)/group \($0.group)/mended", value: $0.accuracy,
                    halfWidth: ($0.interval.upperBound - $0.interval.lowerBound) / 2, n: $0.images)
            }
            let others = own.mend.map { mend in
                [
                    EvaluationFigure(
                        name: "audit/\(own.name)/others mended", value: mend.outcome.after.ofOthers,
                        n: mend.outcome.images - mend.outcome.classImages),
                    EvaluationFigure(name: "audit/\(own.name)/mended/p", value: mend.correctedP, n: mend.randomSets),
                ]
            }
            return told + cells + mended + (others ?? [])
        }
    }
}
