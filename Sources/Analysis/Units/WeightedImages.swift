/// Images in groups with weights, over which means are taken: those of each class, or all of them for one concept.
package struct WeightedImages: Sendable {
    /// Groups, and the group of each image with its weight there; those of a group sum to 1, unless it is empty.
    package let groups: Int
    package let group: [Int]
    package let weight: [Float]

    /// The mean over the images predicted as each class.
    package init(classes predictions: [Int], of count: Int) {
        var counts = [Int](repeating: 0, count: count)
        for c in predictions { counts[c] += 1 }
        (groups, group) = (count, predictions)
        weight = predictions.map { 1 / Float(counts[$0]) }
    }

    /// One mean over all images.
    package init(weights: [Float]) {
        (groups, weight) = (1, weights)
        group = Array(repeating: 0, count: weights.count)
    }
}
