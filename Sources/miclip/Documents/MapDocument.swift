import Analysis

/// JSON of `map`.
struct MapDocument: Encodable {
    struct Point: Encodable {
        var unit: String
        var x: Float
        var y: Float
        var concept: String
        var score: Float
        var category: String
        var `class`: String?
    }
    struct Group: Encodable {
        var name: String
        var units: Int
    }
    /// Beside the same labels shuffled.
    struct Silhouette: Encodable {
        var score: Double
        var shuffledMean: Double
        var shuffledDeviation: Double
        var z: Double?
        var pValue: Double
        var shuffles: Int
        var points: Int
        var groups: Int

        init(_ found: SilhouetteScore) {
            (score, shuffledMean, shuffledDeviation) = (found.score, found.shuffledMean, found.shuffledDeviation)
            (z, pValue, shuffles) = (found.z, found.pValue, found.shuffles)
            (points, groups) = (found.points, found.groups)
        }
    }

    struct Silhouettes: Encodable {
        var categories: Silhouette?
        var classes: Silhouette?
    }

    var points: [Point]
    /// Left out; of features only.
    var deadFeatures: Int?
    var categories: [Group]
    /// `WordNet`, a labels file, or nothing.
    var categorySource: String?
    var silhouette: Silhouettes
    var divergence: Double?
    var perplexity: Double
    var seed: UInt64

    init(_ map: UnitMap, categorySource: String?) {
        points = map.points.map { point in
            Point(
                unit: point.unit.description, x: point.x, y: point.y, concept: point.concept.concept,
                score: point.concept.score, category: map.categories[point.category],
                class: point.class.map { map.classes[$0] })
        }
        deadFeatures = map.points.first?.unit.kind == .feature ? map.deadFeatures : nil
        categories = zip(map.categories, map.sizes(.category)).map { Group(name: $0, units: $1) }
        self.categorySource = categorySource
        silhouette = Silhouettes(
            categories: map.categorySilhouette.map(Silhouette.init), classes: map.classSilhouette.map(Silhouette.init))
        divergence = map.divergence
        perplexity = map.perplexity
        seed = map.seed
    }
}
