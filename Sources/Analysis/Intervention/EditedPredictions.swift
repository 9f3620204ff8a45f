import Foundation
import LinearAlgebra

/// Classes predicted under interventions, for the held-out images counted so far.
package struct EditedPredictions: Sendable, Hashable {
    /// Positions of the images, in the order they were counted.
    package var images: [Int]
    /// One class each.
    package var classes: [Int]

    package init(images: [Int] = [], classes: [Int] = []) {
        precondition(images.count == classes.count)
        self.images = images
        self.classes = classes
    }

    /// What they come to.
    ///
    /// - Parameters:
    ///   - unedited: the model's own predictions on all held-out images, and `labels` their true classes.
    package func outcome(target: Int, unedited: [Int], labels: [Int]) -> InterventionOutcome {
        let (before, after) = accuracy(target: target, unedited: unedited, labels: labels)
        return InterventionOutcome(
            before: before, after: after, images: images.count, imagesInAll: labels.count,
            classImages: images.count { labels[$0] == target }, classImagesInAll: labels.count { $0 == target })
    }

    /// Accuracy of the model's own predictions on these images, and of these.
    package func accuracy(target: Int, unedited: [Int], labels: [Int]) -> (before: Accuracy, after: Accuracy) {
        var (before, after) = (AccuracyCount(target: target), AccuracyCount(target: target))
        for (image, predicted) in zip(images, classes) {
            before.add(label: labels[image], isRight: unedited[image] == labels[image])
            after.add(label: labels[image], isRight: predicted == labels[image])
        }
        return (before.accuracy, after.accuracy)
    }

    /// Which of their answers changed.
    package func changes(unedited: [Int], labels: [Int], classes count: Int) -> PredictionChanges {
        PredictionChanges(
            before: images.map { unedited[$0] }, after: classes, labels: images.map { labels[$0] }, classes: count,
            images: images)
    }
}

/// A class with what the model gives it for one image.
package struct ClassProbability: Sendable, Hashable, Codable {
    package var name: String
    package var probability: Double

    package init(name: String, probability: Double) {
        self.name = name
        self.probability = probability
    }

    /// The `count` most probable classes of logits, by softmax.
    package static func top(_ count: Int, of logits: [Float], names: [String]) -> [ClassProbability] {
        guard let top = logits.max() else { return [] }
        let weights = logits.map { exp(Double($0 - top)) }
        let sum = weights.reduce(0, +)
        return TopK.indices(of: logits, count: count).map {
            ClassProbability(name: names[$0], probability: weights[$0] / sum)
        }
    }
}

/// One image before and after interventions.
package struct ImageComparison: Sendable, Hashable {
    package var position: Int
    package var name: String
    /// Its true class.
    package var label: String
    package var thumbnail: Thumbnail
    /// Most probable first.
    package var before: [ClassProbability]
    package var after: [ClassProbability]

    package init(
        position: Int, name: String, label: String, thumbnail: Thumbnail, before: [ClassProbability],
        after: [ClassProbability]
    ) {
        self.position = position
        self.name = name
        self.label = label
        self.thumbnail = thumbnail
        self.before = before
        self.after = after
    }
}

/// What interventions did, in all and to some of the images.
package struct Inspection: Sendable, Hashable {
    package var changes: PredictionChanges
    /// The first of the images whose answers changed.
    package var images: [ImageComparison]
    /// Images it was counted on, and how many there are.
    package var counted: Int
    package var inAll: Int

    package init(changes: PredictionChanges, images: [ImageComparison], counted: Int, inAll: Int) {
        self.changes = changes
        self.images = images
        self.counted = counted
        self.inAll = inAll
    }
}
