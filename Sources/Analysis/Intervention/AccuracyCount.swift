/// Right answers among the images of a concept's class and among all others.
package struct AccuracyCount: Sendable {
    private let target: Int
    private var images = (ofClass: 0, ofOthers: 0)
    private var right = (ofClass: 0, ofOthers: 0)

    /// No images yet.
    ///
    /// - Parameter target: the concept's class.
    package init(target: Int) { self.target = target }

    /// Counts an image by its true class.
    package mutating func add(label: Int, isRight: Bool) {
        if label == target {
            images.ofClass += 1
            right.ofClass += isRight ? 1 : 0
        } else {
            images.ofOthers += 1
            right.ofOthers += isRight ? 1 : 0
        }
    }

    package var accuracy: Accuracy {
        Accuracy(right: right, of: images)
    }

    /// Images of the class counted so far, and of all others.
    package var counted: (ofClass: Int, ofOthers: Int) { images }

    /// Accuracy of predictions, one an image.
    package static func accuracy(of predictions: [Int], labels: [Int], target: Int) -> Accuracy {
        var count = AccuracyCount(target: target)
        for (prediction, label) in zip(predictions, labels) { count.add(label: label, isRight: prediction == label) }
        return count.accuracy
    }
}

extension Accuracy {
    /// Shares of counted images; 0 where there are none.
    init(right: (ofClass: Int, ofOthers: Int), of images: (ofClass: Int, ofOthers: Int)) {
        func share(_ count: Int, of total: Int) -> Double { total > 0 ? Double(count) / Double(total) : 0 }
        self.init(
            overall: share(right.ofClass + right.ofOthers, of: images.ofClass + images.ofOthers),
            ofClass: share(right.ofClass, of: images.ofClass), ofOthers: share(right.ofOthers, of: images.ofOthers))
    }
}
