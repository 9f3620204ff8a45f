import Analysis
import Workbench

/// JSON of `intervene`.
struct InterventionDocument: Encodable {
    struct Point: Encodable {
        var beta: Double
        var accuracy: Double
        /// Absent where no held-out image is of the class, or every one.
        var classAccuracy: Double?
        var otherAccuracy: Double?

        /// - Parameter outcome: of the same class, on the same images.
        init(beta: Double, _ found: Accuracy, like outcome: InterventionOutcome) {
            (self.beta, accuracy) = (beta, found.overall)
            classAccuracy = outcome.classAccuracy.map { _ in found.ofClass }
            otherAccuracy = outcome.otherAccuracy.map { _ in found.ofOthers }
        }
    }

    var concept: String
    var `class`: String
    var classOrigin: String
    /// Who says which class an image is, where that is not the model.
    var reader: String?
    var ranking: String
    var units: [String]
    var `operator`: String
    var beta: Double
    var accuracy: AccuracyChange
    var classAccuracy: AccuracyChange?
    var otherAccuracy: AccuracyChange?
    var images: Int
    var imagesInAll: Int
    /// Of the accuracy on the class, where not all images were counted.
    var classInterval: [Double]?
    /// Further interventions, in the order they act.
    var and: [Held]?
    var changes: ChangesDocument?
    var curve: [Point]?

    struct Held: Encodable {
        var concept: String
        var units: [String]
        var `operator`: String
        var beta: Double
    }

    init(
        _ list: SteeringList, _ steering: Steering, _ target: ConceptClass, _ outcome: InterventionOutcome,
        curve: [Point]?, changes: ChangesDocument?,
        reader: LayerReader
    ) {
        self.reader = reader.title
        let intervention = steering.active
        concept = list.active.concept
        `class` = target.name
        classOrigin = target.origin.rawValue
        ranking = list.active.ranking.rawValue
        units = intervention.units.map(\.description)
        `operator` = intervention.operator.rawValue
        beta = intervention.beta
        accuracy = outcome.accuracy
        classAccuracy = outcome.classAccuracy
        otherAccuracy = outcome.otherAccuracy
        images = outcome.images
        imagesInAll = outcome.imagesInAll
        if !outcome.isComplete { classInterval = [outcome.classInterval.lowerBound, outcome.classInterval.upperBound] }
        if steering.interventions.count > 1 {
            and = zip(list.entries, steering.interventions).dropFirst().map { entry, intervention in
                Held(
                    concept: entry.concept, units: intervention.units.map(\.description),
                    operator: intervention.operator.rawValue, beta: intervention.beta)
            }
        }
        self.changes = changes
        self.curve = curve
    }
}
