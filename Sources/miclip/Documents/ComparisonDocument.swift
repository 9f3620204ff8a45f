import Analysis
import Workbench

/// JSON of `compare`.
struct ComparisonDocument: Encodable {
    struct Pair: Encodable {
        var first, second: String
        var correlation: Float
    }

    struct Concept: Encodable {
        var concept, fate: String
        var before, after: [String]
        var strengthBefore, strengthAfter: Float
    }

    struct Noise: Encodable {
        var lost, gained: Int
    }

    struct Point: Encodable {
        var beta, first, second, difference, others: Double
        var firstInterval, secondInterval: [Double]
        /// Half of the 95 % intervals; nil of a single image.
        var interval, othersInterval: Double?
    }

    struct Curve: Encodable {
        var concept, `class`: String
        var images: Int
        var points: [Point]
    }

    var study: String
    var first, second: LayerReference
    var images: Int
    /// Units of either that are ever active, and pairs of the same number.
    var firstUnits, secondUnits, unmoved: Int
    var chance: Float
    var meanCorrelation: Double
    var pairs: [Pair]
    var concepts: [Concept]
    var noise: Noise
    var curves: [Curve]
    /// What was asked for, what it depends on, and every figure by name: for `miclip verify`.
    var comparison: ComparisonRequest
    var digests: [String: String]
    var figures: [EvaluationFigure]
    /// The command that makes the same again.
    var command: String

    init(_ found: LayerComparison, command: String) {
        study = found.facts.study
        (first, second, images) = (found.first, found.second, found.images)
        (firstUnits, secondUnits) = (found.units.first, found.units.second)
        (unmoved, chance, meanCorrelation) = (found.unmoved, found.chance, found.meanCorrelation)
        (comparison, digests, figures) = (found.request, found.digests, found.figures)
        self.command = command
        func unit(_ index: Int, of layer: LayerReference) -> String {
            InternalUnit(layer: layer.layer, index: index, kind: found.request.units).description
        }
        pairs = found.pairs.map {
            Pair(
                first: unit($0.first, of: found.first), second: unit($0.second, of: found.second),
                correlation: $0.correlation)
        }
        concepts = found.moves.map {
            Concept(
                concept: $0.move.concept, fate: $0.move.fate.rawValue, before: $0.move.before.map(\.description),
                after: $0.move.after.map(\.description), strengthBefore: $0.strengths.first,
                strengthAfter: $0.strengths.second)
        }
        noise = Noise(lost: found.noise.lost, gained: found.noise.gained)
        curves = found.curves.map { curve in
            func share(_ right: Int) -> (Double, [Double]) {
                let share = Double(right) / Double(max(1, curve.images))
                let interval = wilsonInterval(share, count: curve.images)
                return (share, [interval.lowerBound, interval.upperBound])
            }
            return Curve(
                concept: curve.concept, class: curve.class, images: curve.images,
                points: curve.points.map { point in
                    let (first, second) = (share(point.first), share(point.second))
                    return Point(
                        beta: point.beta, first: first.0, second: second.0, difference: point.difference,
                        others: point.others, firstInterval: first.1, secondInterval: second.1,
                        interval: point.halfWidth, othersInterval: point.othersHalfWidth)
                })
        }
    }
}
