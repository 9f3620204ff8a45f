import LinearAlgebra

/// What an alignment is trained on: one row a probe image.
package struct AlignmentData: Sendable {
    /// a: activations of the target layer [N, units]
    package let activations: ActivationRows
    /// E_i(x): unit rows [N, d]
    package let imageEmbeddings: Tensor
    /// ĉ: the class the target model predicts for each image.
    package let predictions: [Int]
    /// E_c of every class name: unit rows [classes, d]
    package let classEmbeddings: Tensor

    package init(activations: Tensor, imageEmbeddings: Tensor, predictions: [Int], classEmbeddings: Tensor) {
        self.init(
            activations: .dense(activations), imageEmbeddings: imageEmbeddings, predictions: predictions,
            classEmbeddings: classEmbeddings)
    }

    package init(
        activations: ActivationRows, imageEmbeddings: Tensor, predictions: [Int], classEmbeddings: Tensor
    ) {
        precondition(activations.rows == imageEmbeddings.rows && activations.rows == predictions.count)
        precondition(imageEmbeddings.columns == classEmbeddings.columns)
        precondition(predictions.allSatisfy { $0 >= 0 && $0 < classEmbeddings.rows })
        self.activations = activations
        self.imageEmbeddings = imageEmbeddings
        self.predictions = predictions
        self.classEmbeddings = classEmbeddings
    }

    /// The rows at `indices`.
    func rows(at indices: [Int]) -> AlignmentData {
        AlignmentData(
            activations: activations.rows(at: indices), imageEmbeddings: imageEmbeddings.rows(at: indices),
            predictions: indices.map { predictions[$0] }, classEmbeddings: classEmbeddings)
    }
}

/// How E_n is found.
package enum AlignmentMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Solved, from the model's whole answer.
    case closedForm = "closed-form"
    /// Trained by the paper's two-sided contrastive loss.
    case infoNCE = "infonce"
}

/// How E_n is found: solved by default, which measured best over description and interventions on most layers that were
/// tried, though not on all (docs/method.md). What the training has is what measured best on Fashion-MNIST: a small start,
/// few epochs.
package struct AlignmentParameters: Sendable, Hashable, Codable {
    package var method = AlignmentMethod.closedForm
    /// α and λ of the closed form; nil where they are chosen on images held back.
    package var balance: Float?
    package var shrinkage: Float?
    /// Passes over the training images at most; early stopping may keep an earlier one.
    package var epochs = 15
    package var batch = 256
    /// Peak learning rate of AdamW, decayed by a cosine.
    package var rate: Float = 1e-3
    /// Standard deviation of the first weights, times sqrt(units).
    package var initialDeviation: Float = 0.01
    /// Temperature at the start.
    package var temperature: Float = 0.2
    /// Whether the two temperatures (one a loss) are trained too.
    package var learnsTemperature = true
    /// Share of the images held out to decide when to stop.
    package var validationShare: Float = 0.15
    /// Epochs without a better validation score before stopping.
    package var patience = 4
    package var seed: UInt64 = 0
    /// Weights of the two anchors: what the model answers, and what the image shows.
    package var outputWeight: Float = 1
    package var inputWeight: Float = 1

    package init() {}
}

/// What one epoch of an alignment measured.
package struct AlignmentEpoch: Sendable, Hashable, Codable {
    /// Mean training losses.
    package var outputLoss: Float
    package var inputLoss: Float
    package var validation: AlignmentValidation
    /// Temperatures of the two losses.
    package var outputTemperature: Float
    package var inputTemperature: Float

    /// Whether training has not diverged.
    package var isFinite: Bool {
        [outputLoss, inputLoss, outputTemperature, inputTemperature, validation.loss, validation.score].allSatisfy(
            \.isFinite)
    }
}

/// A finished alignment: the encoder of the best epoch and the record of all.
package struct Alignment: Sendable, Equatable {
    package let encoder: NeuronEncoder
    package let epochs: [AlignmentEpoch]
    /// Index of the epoch whose weights were kept.
    package let best: Int

    package init(encoder: NeuronEncoder, epochs: [AlignmentEpoch], best: Int) {
        self.encoder = encoder
        self.epochs = epochs
        self.best = best
    }
}
