import LinearAlgebra

/// V-Interp, in our reading of what the paper compares with: a unit is the mean image embedding of the 100 images on which
/// it is most active, weighted by its activations and less the mean of all images; it is compared with concepts, centred,
/// by cosine.
package enum VisualInterpretation {
    package static let votes = 100

    /// - Parameters:
    ///   - top: at least `votes` images of each pole, where it was active on as many.
    ///   - images: E_i, unit rows [N, d].
    ///   - concepts: centred [concepts, d].
    /// - Returns: [poles, concepts]
    package static func scores(_ top: TopImages, images: Tensor, concepts: Tensor) -> Tensor {
        let (mean, width) = (images.columnMeans(), images.columns)
        let rows = parallelMap(top.poles.count) { pole -> [Float] in
            // Weights from 0 on: a pole whose activations are all negative counts its nearest to zero most.
            let activations = top.activations[pole].prefix(votes)
            let floor = min(0, activations.min() ?? 0)
            let sum = activations.reduce(0) { $0 + $1 - floor }
            var vector = [Float](repeating: 0, count: width)
            guard sum > 0 else { return vector }
            for (image, activation) in zip(top.images[pole].prefix(votes), activations) {
                let (weight, row) = ((activation - floor) / sum, images.row(image))
                for i in 0..<width { vector[i] += weight * row[i] }
            }
            return zip(vector, mean).map { $0 - $1 }
        }
        let units = Tensor([top.poles.count, width], rows.flatMap { $0 }).normalized()
        return multiply(units, .plain, concepts.normalized(), .transposed)
    }
}
