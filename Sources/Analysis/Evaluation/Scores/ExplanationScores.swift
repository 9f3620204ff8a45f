import Foundation
import LinearAlgebra

/// How well a concept explains a unit: its activations on images that nothing was chosen on, against where the concept is.
///
/// Of the published scores only Pearson, AUPRC, F1 and IoU (and cosine) fall both when half the concept's labels go missing
/// and when as many wrong ones are added (Neuron Eval, ICML 2025); AUC and MAD fail these checks and are there for comparison
/// with papers that report them.
package struct ExplanationScores: Sendable, Hashable, Codable {
    /// What tells where the concept is.
    package enum Basis: String, Sendable, Hashable, Codable {
        /// The images' labels, which are independent of all that made the explanation.
        case labels
        /// Similarity in the concept space, which the explanation came from: self-consistency, no independent evidence.
        case conceptSpace = "self-consistency"
    }

    package var basis: Basis
    /// Images it was measured on.
    package var images: Int
    /// Pearson's correlation of activation and concept, -1 to 1; 0 where either never changes.
    package var pearson: Float
    /// Area under precision and recall, as average precision; the concept's share of the images for a unit that has
    /// nothing to do with it.
    package var auprc: Float
    /// With as many images above the unit's threshold as have the concept.
    package var f1: Float
    package var iou: Float
    /// Area under the ROC curve. Fails sanity checks.
    package var auc: Float
    /// Mean activation with the concept less that without, in standard deviations without. Fails sanity checks.
    package var mad: Float

    /// - Parameter activations: along the unit's pole.
    package init(activations: [Float], _ signal: ConceptSignal) {
        precondition(activations.count == signal.values.count)
        let order = PresenceCurve(activations, signal.isPresent)
        basis = signal.basis
        images = activations.count
        pearson = correlationInDouble(activations, signal.values)
        (auprc, auc, f1, mad) = (order.averagePrecision, order.areaUnderROC, order.f1, order.meanDifference)
        iou = f1 / (2 - f1)
    }
}

/// Where a concept is, among some images.
package struct ConceptSignal: Sendable {
    package let basis: ExplanationScores.Basis
    /// 1 and 0 by label, else the cosine of image and concept.
    package let values: [Float]
    /// By label, else the tenth of the images that is most similar.
    package let isPresent: [Bool]

    /// The share of images that a concept without labels is taken to be on.
    package static let presentShare = 0.1

    package init(labels: [Int], class wanted: Int) {
        basis = .labels
        isPresent = labels.map { $0 == wanted }
        values = isPresent.map { $0 ? 1 : 0 }
    }

    package init(similarities: [Float]) {
        basis = .conceptSpace
        values = similarities
        var present = [Bool](repeating: false, count: similarities.count)
        let count = max(1, Int((Double(similarities.count) * Self.presentShare).rounded()))
        for image in TopK.indices(of: similarities, count: count) { present[image] = true }
        isPresent = present
    }
}

/// Pearson's correlation, summed in double precision; 0 where either side is constant.
func correlationInDouble(_ x: [Float], _ y: [Float]) -> Float {
    let count = Double(max(1, x.count))
    let (mx, my) = (x.reduce(0.0) { $0 + Double($1) } / count, y.reduce(0.0) { $0 + Double($1) } / count)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for i in x.indices {
        let (a, b) = (Double(x[i]) - mx, Double(y[i]) - my)
        xy += a * b
        xx += a * a
        yy += b * b
    }
    return xx > 0 && yy > 0 ? Float(xy / (xx * yy).squareRoot()) : 0
}
