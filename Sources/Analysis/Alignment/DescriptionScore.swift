import LinearAlgebra

/// How true descriptions are: the correlation of each pole's activation with the similarity of images to the class name
/// that describes it best, over images the encoder was not fitted to. It says nothing of how units are ranked.
package struct DescriptionScore: Sendable {
    private let classes: Tensor
    /// Of each unit with the images' similarity to each class: [units, classes]
    private let correlations: Tensor

    /// - Parameter data: images that were held back.
    package init(_ data: AlignmentData) {
        classes = data.classEmbeddings
        correlations = data.activations.correlations(
            with: multiply(data.imageEmbeddings, .plain, data.classEmbeddings, .transposed))
    }

    /// The mean over the poles of the units of W [units, d].
    package func mean(of weights: Tensor, isSigned: Bool) -> Float {
        let said = multiply(weights, .plain, classes, .transposed)
        var sum: Float = 0
        for unit in 0..<said.rows {
            let (row, found) = (said.row(unit), correlations.row(unit))
            if let most = row.indices.max(by: { row[$0] < row[$1] }) { sum += found[most] }
            if isSigned, let least = row.indices.min(by: { row[$0] < row[$1] }) { sum -= found[least] }
        }
        return sum / Float(max(1, said.rows * (isSigned ? 2 : 1)))
    }
}
