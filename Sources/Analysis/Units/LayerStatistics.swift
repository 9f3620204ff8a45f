import LinearAlgebra

/// What answers need to know of a layer's activations on the probe images, computed in blocks of images and small beside
/// them: 2,048 units on 100,000 images of 1,000 classes take 13 MB where the activations take 819.
package struct LayerStatistics: Sendable, Equatable {
    /// ĉ: the class predicted for each image.
    package let predictions: [Int]
    /// ā_i and the standard deviation of each unit.
    package let means: [Float]
    package let deviations: [Float]
    /// ā_{i,c}: [classes, units]; zero for a class without images.
    package let classMeans: Tensor
    /// Images a class.
    package let classCounts: [Int]
    /// The images of greatest and of least activation, extremes first, equal ones in order: [units, k] positions and
    /// activations.
    let greatest: ExtremeImages
    let least: ExtremeImages
    /// Counts of activations in equal bins between the two extremes: [units, bins]
    let histograms: Tensor

    package var imageCount: Int { predictions.count }
    package var unitCount: Int { means.count }

    /// Extremes kept of every unit, or all images where there are fewer; and bins of its histogram.
    package static let extremes = 24
    package static let bins = 64

    init(
        predictions: [Int], means: [Float], deviations: [Float], classMeans: Tensor, classCounts: [Int],
        greatest: ExtremeImages, least: ExtremeImages, histograms: Tensor
    ) {
        self.predictions = predictions
        self.means = means
        self.deviations = deviations
        self.classMeans = classMeans
        self.classCounts = classCounts
        self.greatest = greatest
        self.least = least
        self.histograms = histograms
    }

    /// The images on which a unit is most and least active along its pole, extremes first, with its activations; nil
    /// where more are asked for than are kept.
    package func extremes(of unit: InternalUnit, count: Int) -> ExtremeActivations? {
        guard count <= greatest.kept || greatest.kept == imageCount else { return nil }
        let (high, low) = (greatest.first(count, of: unit.index), least.first(count, of: unit.index))
        return unit.pole == .negative
            ? ExtremeActivations(most: low, least: high) : ExtremeActivations(most: high, least: low)
    }

    /// The distribution of a unit's activations.
    package func histogram(of index: Int) -> Histogram {
        Histogram(
            lower: least.first(1, of: index).first?.activation ?? 0,
            upper: greatest.first(1, of: index).first?.activation ?? 0, counts: histograms.row(index).map { Int($0) })
    }
}

/// An image by its position, and what a unit's activation is on it.
package struct ImageActivation: Sendable, Hashable {
    package var image: Int
    package var activation: Float

    package init(image: Int, activation: Float) {
        self.image = image
        self.activation = activation
    }
}

/// The images on which a unit is most and least active along its pole, extremes first, equal ones in order.
package struct ExtremeActivations: Sendable, Hashable {
    package var most: [ImageActivation]
    package var least: [ImageActivation]
}

/// A few images of every unit.
struct ExtremeImages: Sendable, Equatable {
    /// [units, kept]; a position is exact in float32 below 2^24.
    let positions: Tensor
    let activations: Tensor

    var kept: Int { positions.columns }

    func first(_ count: Int, of unit: Int) -> [ImageActivation] {
        zip(positions.row(unit), activations.row(unit)).prefix(count).map {
            ImageActivation(image: Int($0), activation: $1)
        }
    }
}

/// As named tensors, for a file.
extension LayerStatistics {
    package var tensors: [String: Tensor] {
        func vector(_ values: [Float]) -> Tensor { Tensor([values.count], values) }
        return [
            "predictions": vector(predictions.map { Float($0) }), "means": vector(means),
            "deviations": vector(deviations), "class_means": classMeans,
            "class_counts": vector(classCounts.map { Float($0) }), "greatest.positions": greatest.positions,
            "greatest.activations": greatest.activations, "least.positions": least.positions,
            "least.activations": least.activations, "histograms": histograms,
        ]
    }

    /// The names of `tensors` with their shapes, for `images` images, `units` units and `classes` classes.
    package static func shapes(images: Int, units: Int, classes: Int) -> [String: [Int]] {
        let extreme = [units, min(images, extremes)]
        return [
            "predictions": [images], "means": [units], "deviations": [units], "class_means": [classes, units],
            "class_counts": [classes], "greatest.positions": extreme, "greatest.activations": extreme,
            "least.positions": extreme, "least.activations": extreme, "histograms": [units, bins],
        ]
    }

    /// Nil where `tensors` are not what statistics of these sizes give.
    package init?(tensors: [String: Tensor], images: Int, units: Int, classes: Int) {
        let shapes = Self.shapes(images: images, units: units, classes: classes)
        guard shapes.allSatisfy({ tensors[$0]?.shape == $1 }) else { return nil }
        func whole(_ name: String, below limit: Int) -> [Int]? {
            guard let values = tensors[name]?.values,
                values.allSatisfy({ $0 >= 0 && $0 < Float(limit) && $0 == $0.rounded() })
            else { return nil }
            return values.map { Int($0) }
        }
        func extremes(_ name: String) -> ExtremeImages? {
            guard whole(name + ".positions", below: max(1, images)) != nil,
                let positions = tensors[name + ".positions"],
                let activations = tensors[name + ".activations"]
            else { return nil }
            return ExtremeImages(positions: positions, activations: activations)
        }
        guard let predictions = whole("predictions", below: classes),
            let counts = whole("class_counts", below: images + 1), let greatest = extremes("greatest"),
            let least = extremes("least"), let means = tensors["means"], let deviations = tensors["deviations"],
            let classMeans = tensors["class_means"], let histograms = tensors["histograms"],
            whole("histograms", below: images + 1) != nil
        else { return nil }
        self.init(
            predictions: predictions, means: means.values, deviations: deviations.values, classMeans: classMeans,
            classCounts: counts, greatest: greatest, least: least, histograms: histograms)
    }
}
