import Analysis
import Explorer
import LinearAlgebra

/// A small study of three classes whose figures can be worked out by hand.
package enum SampleStudy {
    package static let facts = facts(.linear)

    package static func facts(_ remainder: RemainderKind) -> StudyFacts {
        var facts = StudyFacts(
            study: "wardrobe", model: "vit", layer: "norm", probeImages: 100, heldOutImages: 20, units: 12,
            isSigned: true, concepts: 6, classes: ["boot", "bag", "dress"], accuracy: 0.6)
        (facts.remainder, facts.addingReach, facts.pooling) = (remainder, 5, "cls")
        return facts
    }

    /// Two models; of the first a whole layer beside the one on show, one that was interrupted and one not begun.
    package static let layers = [
        LayerFacts(reference: facts.reference, units: 12, rows: 120, images: 120),
        layer("blocks.8", units: 3072), layer("blocks.2", units: 12, rows: 45), layer("blocks.1", units: 12, rows: 0),
        layer("layer4", of: "resnet", pooling: "mean", units: 2048),
    ]

    package static func layer(
        _ layer: String, of model: String = "vit", pooling: String = "cls", units: Int = 12, rows: Int = 120
    ) -> LayerFacts {
        LayerFacts(
            reference: LayerReference(model: model, layer: layer, pooling: pooling), units: units, rows: rows,
            images: 120)
    }

    package static let conceptSets = [
        ConceptSetFacts(name: "clothes", count: 6, digest: "0123456789abcdef", isChosen: true),
        ConceptSetFacts(name: "english 20k", count: 20_191, digest: "fedcba9876543210", isChosen: false),
    ]

    package static let units = (0..<12).flatMap { index in
        Pole.allCases.map { InternalUnit(layer: "norm", index: index, pole: $0) }
    }

    package static let features = (0..<7).map { InternalUnit(layer: "norm", index: $0, kind: .feature) }

    /// Every unit, its score falling by 0.04 from 0.96; cosine turns the order round.
    package static func found(
        _ concept: String, _ ranking: Ranking = .standard, _ kind: UnitKind = .neuron
    ) -> Localization {
        let isClass = facts.classes.contains(concept)
        let units = kind == .feature ? features : units
        let order = ranking == .standard ? units : units.reversed()
        return Localization(
            concept: concept,
            target: ConceptClass(index: 0, name: isClass ? concept : "boot", origin: isClass ? .name : .nearest),
            ranking: ranking,
            units: order.enumerated().map { RankedUnit(unit: $1, score: 0.96 - 0.04 * Float($0)) })
    }

    package static let concepts = ["heel", "sole", "boot", "strap", "bag", "collar"].enumerated().map {
        RankedConcept(concept: $1, score: 0.8 - 0.2 * Float($0))
    }

    package static let summaries = units.map { unit in
        UnitSummary(
            unit: unit, concept: concepts[unit.index % concepts.count],
            mean: Float(unit.index) / 10 * (unit.pole?.sign ?? 1),
            deviation: 1 + Float(unit.index) / 100)
    }

    package static let featureSummaries = features.map { unit in
        UnitSummary(unit: unit, concept: concepts[unit.index % concepts.count], mean: 0.1, deviation: 0.2)
    }

    package static let featureQualities = Dictionary(
        uniqueKeysWithValues: features.map { unit in
            (
                unit,
                UnitQuality(
                    clarity: Float(unit.index) / 10, polysemanticity: 0, redundancy: 0.5, selectivity: 2,
                    selectiveClass: 1, isDead: unit.index == 6)
            )
        })

    /// The living features in a row; two dead ones have no place.
    package static let featureMap: UnitMap = {
        var map = UnitMap(
            points: features.prefix(5).map { unit in
                UnitMap.Point(
                    unit: unit, x: Float(unit.index), y: 0, concept: concepts[unit.index], category: unit.index % 2,
                    class: 0)
            }, categories: ["footwear", "clothing"], classes: facts.classes, perplexity: 1, seed: 0)
        map.deadFeatures = 2
        map.categorySilhouette = SampleStudy.map.categorySilhouette
        return map
    }()

    /// Clarity falls from unit to unit, redundancy rises; neuron 3 is dead.
    package static let qualities = Dictionary(
        uniqueKeysWithValues: units.enumerated().map { place, unit in
            let share = Float(place) / 100
            return (
                unit,
                UnitQuality(
                    clarity: 0.5 - share, polysemanticity: 0.25, redundancy: share, selectivity: 1, selectiveClass: 0,
                    isDead: unit.index == 3)
            )
        })

    /// Twelve columns of two: `+` above, `-` below, two units of the map apart; categories and classes by threes.
    package static let map: UnitMap = {
        var map = UnitMap(
            points: units.map { unit in
                UnitMap.Point(
                    unit: unit, x: Float(unit.index), y: unit.pole == .positive ? 1 : -1,
                    concept: concepts[unit.index % concepts.count], category: unit.index / 4,
                    class: unit.index % 3)
            }, categories: ["footwear", "clothing", "container"], classes: facts.classes, perplexity: 7.6, seed: 0)
        map.divergence = 0.5
        map.categorySilhouette = SilhouetteScore(
            score: 0.25, shuffledMean: -0.125, shuffledDeviation: 0.01, z: 37.5, pValue: 0.001, shuffles: 1000,
            points: 24, groups: 3)
        return map
    }()

    /// A bright square on black.
    package static let thumbnail = Thumbnail(
        width: 8, height: 8,
        pixels: (0..<64).flatMap { at -> [UInt8] in
            let isInside = (2..<6).contains(at % 8) && (2..<6).contains(at / 8)
            return Array(repeating: isInside ? 255 : 0, count: 3)
        })

    /// Two images right and one wrong in each part.
    package static func sheet(of unit: InternalUnit) -> ContactSheet {
        ContactSheet(
            unit: unit,
            strips: ["most", "50 to 75 % of the greatest", "least"].enumerated().map { place, title in
                ContactSheet.Strip(
                    title: title, count: 40,
                    images: (0..<3).map {
                        ActivatingImage(
                            image: 3 * place + $0, name: "image \(3 * place + $0)", predictedClass: "boot",
                            label: $0 == 2 ? "bag" : "boot",
                            activation: 2 - Float(place), thumbnail: thumbnail)
                    })
            })
    }

    /// Four places that rise by one from row to row and column to column, from the image's number on.
    package static func heatMap(of unit: InternalUnit, _ image: Int) -> HeatMap {
        HeatMap(
            unit: unit, image: image, rows: 2, columns: 2, values: (0..<4).map { Float(image + $0) },
            others: [Float(image) + 0.5], pooled: Float(image) + 0.5)
    }

    /// Four places, the later the more the unit and the first class lose by covering one.
    package static func covered(_ image: Int, of unit: InternalUnit, _ cover: Cover?) -> CoveredImage {
        CoveredImage(
            unit: unit, image: image, rows: 2, columns: 2, window: .whole, classes: facts.classes,
            before: ImageReading(activation: 2, logits: [3, 1, 0]), cover: cover,
            after: cover.map { cover in
                let loss = Float(2 * cover.row + cover.column)
                return ImageReading(activation: 2 - loss, logits: [3 - loss, 1, 0])
            })
    }

    package static func kin(of unit: InternalUnit) -> UnitKin {
        let others = units.filter { $0.index != unit.index }
        return UnitKin(
            unit: unit,
            nearest: others.prefix(3).enumerated().map { RankedUnit(unit: $1, score: 0.9 - Float($0) / 10) },
            correlated: others.suffix(3).map { RankedUnit(unit: $0, score: -0.5) }, images: 100, imagesInAll: 100)
    }

    package static func profile(_ unit: InternalUnit) -> UnitProfile {
        let images = (0..<6).map {
            ActivatingImage(
                image: $0, name: "image \($0)", predictedClass: "boot", activation: 3 - Float($0) / 10,
                thumbnail: thumbnail)
        }
        var profile = UnitProfile(
            unit: unit, concepts: concepts, mostActivating: images, leastActivating: images,
            histogram: Histogram(lower: -2, upper: 2, counts: [1, 2, 4, 8, 16, 8, 4, 2]),
            raises: [ClassEffect(name: "boot", effect: 0.5)], lowers: [ClassEffect(name: "bag", effect: -0.25)],
            mean: 0.1, deviation: 0.9)
        guard unit.kind == .feature else { return profile }
        profile.feature = FeatureFacts(
            density: 0.035, does: concepts.reversed(),
            nearest: features.filter { $0 != unit }.map { RankedUnit(unit: $0, score: 0.9 - Float($0.index) / 10) },
            neurons: [4, 7, 12].map { RankedUnit(unit: units[$0], score: $0 == 7 ? 0.75 : 0.5) })
        return profile
    }

    /// Ten boots, the k-th right from β = 0.45 k on; ten bags, all right up to β = 3.02.
    package static let curve = curve(inAll: nil)

    /// The same of a part of the images: of all boots and some of two thousand others.
    package static let firstCurve = curve(inAll: (ofClass: 10, ofOthers: 2000))

    private static func curve(inAll: (ofClass: Int, ofOthers: Int)?) -> AccuracyCurve {
        var (intercepts, slopes) = ([Float](), [Float]())
        for k in 1...10 {
            intercepts += [0, 0.9, 0]
            slopes += [2 / Float(k), 0, 0]
        }
        for _ in 1...10 {
            intercepts += [0, 3.02, 0]
            slopes += [1, 0, 0]
        }
        let labels = Array(repeating: 0, count: 10) + Array(repeating: 1, count: 10)
        let lines = ClassLines(
            intercepts: Tensor([20, 3], intercepts), slopes: Tensor([20, 3], slopes), labels: labels)
        return AccuracyCurve(
            lines: lines, target: 0, over: -2...4, unedited: labels.indices.map { lines.winner($0, at: 1) },
            inAll: inAll)
    }

    package static let outcome = InterventionOutcome(
        before: Accuracy(overall: 0.6, ofClass: 0.2, ofOthers: 1),
        after: Accuracy(overall: 0.7, ofClass: 0.4, ofOthers: 1), images: 20, imagesInAll: 20,
        classImages: 10, classImagesInAll: 10)

    /// Two boots turned right, a bag turned wrong.
    package static let inspection: Inspection = {
        let changes = PredictionChanges(
            before: [1, 1, 1, 0], after: [0, 0, 2, 0], labels: [0, 0, 1, 0], classes: 3)
        let images = changes.all.map(\.image).map { position in
            ImageComparison(
                position: position, name: "image \(position)", label: position == 2 ? "bag" : "boot",
                thumbnail: thumbnail,
                before: [("bag", 0.75), ("boot", 0.2), ("dress", 0.05)].map(ClassProbability.init),
                after: [(position == 2 ? "dress" : "boot", 0.9), ("bag", 0.1)].map(ClassProbability.init))
        }
        return Inspection(changes: changes, images: images, counted: 20, inAll: 20)
    }()

    package static let findings = [
        Finding(
            id: 1, subject: .unit(UnitDescription(unit: units[4], concepts: concepts)), note: "the heel, not the shaft",
            created: 1),
        Finding(
            id: 2,
            subject: .intervention(
                concept: "boot", target: ConceptClass(index: 0, name: "boot", origin: .name),
                Intervention(units: Array(units.prefix(10)), operator: .scaling, beta: 2), outcome),
            created: 2),
    ]

    package static let themes = [
        Theme(name: "dark", colors: colors(background: RGB(16, 16, 16), text: RGB(220, 220, 220))),
        Theme(name: "light", colors: colors(background: RGB(255, 255, 255), text: RGB(20, 20, 20))),
    ]

    private static func colors(background: RGB, text: RGB) -> [Role: RGB?] {
        var colors = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, RGB?.some(text)) })
        colors[.background] = background
        return colors
    }
}
