import LinearAlgebra

/// E_n solved instead of trained, with both anchors kept: the W that minimises
///
///     α ‖A W Cᵀ - L‖² + ‖A W - E‖² + λ ā N ‖W‖²
///
/// over A, the activations [N, units]; L, the model's logits, centred over classes and images: its whole answer and not only
/// its first; E, the images' embeddings; C, the classes' embeddings; all centred, ā the mean eigenvalue of AᵀA/N. With
/// AᵀA/N = U diag(a) Uᵀ and CᵀC = V diag(s) Vᵀ,
///
///     W = U [ (Uᵀ Aᵀ(α L C + E)/N V)_ij / (a_i (α s_j + 1) + λ ā) ] Vᵀ.
///
/// α weighs what the model answers against what the image shows. No seed has a part in W.
package struct ClosedForm: Sendable {
    /// Eigenvectors by row, and eigenvalues, of AᵀA/N and CᵀC.
    private let units: SymmetricEigen
    private let concepts: SymmetricEigen
    /// Uᵀ Aᵀ L C V / N and Uᵀ Aᵀ E V / N: [units, d]
    private let answers: Tensor
    private let images: Tensor
    private let meanEigenvalue: Float

    /// - Parameter classes: unit rows [classes, d].
    init?(_ axes: ClosedFormAxes, classes: Tensor) {
        // Centred over the classes, whose rows then sum to nothing, which centres L over them.
        let centred = classes.centredColumns().0
        guard let concepts = SymmetricEigen(multiply(centred, .transposed, centred)) else { return nil }
        (units, self.concepts, meanEigenvalue) = (axes.units, concepts, axes.meanEigenvalue)
        answers = multiply(
            multiply(axes.logits, .plain, centred), .plain, concepts.vectors, .transposed)
        images = multiply(axes.images, .plain, concepts.vectors, .transposed)
    }

    /// Nil where the activations are not finite.
    ///
    /// - Parameters:
    ///   - activations: A [N, units], `logits` [N, classes] and `embeddings` [N, d] of the same images.
    ///   - classes: unit rows [classes, d].
    ///   - images: which rows.
    ///   - checkCancellation: asked between blocks of images.
    package init?(
        activations: Tensor, logits: Tensor, embeddings: Tensor, classes: Tensor, images: [Int],
        checkCancellation: () throws -> Void
    ) throws {
        let source = ClosedFormSource(activations: activations, logits: logits, embeddings: embeddings)
        guard let axes = ClosedFormAxes(try source.moments(of: images, checkCancellation)) else { return nil }
        self.init(axes, classes: classes)
    }

    /// Uᵀ A of some images: what `predictions` reads. [rows, units]
    func rotated(_ activations: Tensor) -> Tensor { multiply(activations, .plain, units.vectors, .transposed) }

    /// A W Cᵀ: [rows, classes]
    ///
    /// - Parameters:
    ///   - activations: as `rotated` gives them.
    ///   - classes: C [classes, d].
    func predictions(_ activations: Tensor, _ inner: Tensor, classes: Tensor) -> Tensor {
        multiply(
            multiply(activations, .plain, inner), .plain, multiply(classes, .plain, concepts.vectors, .transposed),
            .transposed)
    }

    /// W [units, d]; zero where the activations never change.
    ///
    /// - Parameter image: weight of ‖A W - E‖²; without it the model's answers alone decide.
    package func weights(balance alpha: Float, shrinkage lambda: Float, image: Float = 1) -> Tensor {
        weights(inner(balance: alpha, shrinkage: lambda, image: image))
    }

    func weights(_ inner: Tensor) -> Tensor {
        multiply(multiply(units.vectors, .transposed, inner), .plain, concepts.vectors)
    }

    /// Uᵀ W V: [units, d]
    func inner(balance alpha: Float, shrinkage lambda: Float, image: Float) -> Tensor {
        let (n, d) = (units.values.count, concepts.values.count)
        return Tensor([n, d]) { target in
            answers.withUnsafe { answers in
                images.withUnsafe { images in
                    for i in 0..<n {
                        let a = max(0, units.values[i])
                        for j in 0..<d {
                            let s = max(0, concepts.values[j])
                            let scale = a * (alpha * s + image) + lambda * meanEigenvalue
                            let at = i * d + j
                            target[at] = scale > 0 ? (alpha * answers[at] + image * images[at]) / scale : 0
                        }
                    }
                }
            }
        }
    }
}
