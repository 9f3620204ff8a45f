import Analysis
import Workbench

/// JSON of what interventions did to single images.
struct ChangesDocument: Encodable {
    struct Flow: Encodable {
        var from: String
        var to: String
        var images: Int
    }

    struct ClassChange: Encodable {
        var `class`: String
        var images: Int
        var before: Double
        var after: Double
    }

    struct Probability: Encodable {
        var name: String
        var probability: Double

        init(_ found: ClassProbability) { (name, probability) = (found.name, found.probability) }
    }

    struct Image: Encodable {
        var image: String
        var `class`: String
        var before: [Probability]
        var after: [Probability]
    }

    var turnedRight: Int
    var turnedWrong: Int
    var stillWrong: Int
    var flows: [Flow]
    var classes: [ClassChange]
    var images: [Image]

    init(_ inspection: Inspection, classes names: [String]) {
        let changes = inspection.changes
        turnedRight = changes.flippedIn.count
        turnedWrong = changes.flippedOut.count
        stillWrong = changes.stillWrong.count
        flows = changes.flows.map { Flow(from: names[$0.from], to: names[$0.to], images: $0.images) }
        classes = changes.damage.map { change in
            let count = Double(max(1, change.images))
            return ClassChange(
                class: names[change.index], images: change.images, before: Double(change.rightBefore) / count,
                after: Double(change.rightAfter) / count)
        }
        images = inspection.images.map {
            Image(
                image: $0.name, class: $0.label, before: $0.before.map(Probability.init),
                after: $0.after.map(Probability.init))
        }
    }

    /// Flows and damage as lines of text.
    var lines: [String] {
        ["flipped  \(turnedRight) right, \(turnedWrong) wrong, \(stillWrong) wrong in another way"]
            + flows.prefix(8).map { "  \($0.images)".leftPadded(8) + "  \($0.from) -> \($0.to)" }
            + classes.prefix(8).map { "  " + $0.class.padded(16) + Wording.change(AccuracyChange($0.before, $0.after)) }
    }
}
