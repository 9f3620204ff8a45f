import Foundation

/// Images in the order of a unit's activation, and whether a concept is present on each: what scores of ranking are read
/// off. Equal activations are one threshold.
struct PresenceCurve {
    let averagePrecision: Float
    let areaUnderROC: Float
    /// F1 where as many images are taken as have the concept; of equal activations at the border a proportionate part.
    let f1: Float
    /// (mean with - mean without) / standard deviation without; 0 where there is none.
    let meanDifference: Float

    init(_ activations: [Float], _ isPresent: [Bool]) {
        let order = activations.indices.sorted { activations[$0] > activations[$1] }
        let positives = Double(isPresent.count { $0 })
        let negatives = Double(activations.count) - positives
        var (hits, taken, precision, below, found) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var start = 0
        while start < order.count {
            var end = start
            var fresh = 0.0
            while end < order.count, activations[order[end]] == activations[order[start]] {
                if isPresent[order[end]] { fresh += 1 }
                end += 1
            }
            let size = Double(end - start)
            // Every pair of an image with and one without that the order gets right; half of each that is equal.
            below += (size - fresh) * (hits + fresh / 2)
            if taken < positives { found += fresh * min(1, (positives - taken) / size) }
            hits += fresh
            taken += size
            if fresh > 0, positives > 0 { precision += fresh / positives * hits / taken }
            start = end
        }
        averagePrecision = Float(precision)
        areaUnderROC = positives > 0 && negatives > 0 ? Float(below / (positives * negatives)) : 0.5
        f1 = positives > 0 ? Float(found / positives) : 0
        meanDifference = Self.meanDifference(activations, isPresent, positives, negatives)
    }

    private static func meanDifference(
        _ activations: [Float], _ isPresent: [Bool], _ positives: Double, _ negatives: Double
    ) -> Float {
        var (with, without) = (0.0, 0.0)
        for (activation, isPresent) in zip(activations, isPresent) {
            if isPresent { with += Double(activation) } else { without += Double(activation) }
        }
        guard positives > 0, negatives > 0 else { return 0 }
        (with, without) = (with / positives, without / negatives)
        var square = 0.0
        for (activation, isPresent) in zip(activations, isPresent) where !isPresent {
            square += (Double(activation) - without) * (Double(activation) - without)
        }
        return square > 0 ? Float((with - without) / (square / negatives).squareRoot()) : 0
    }
}
