import LinearAlgebra

/// What an alignment is trained on: one row a probe image.
public struct AlignmentData: Sendable {
    /// a: activations of the target layer [N, units]
    public let activations: ActivationRows
    /// E_i(x): unit rows [N, d]
    public let imageEmbeddings: Tensor
    /// ĉ: the class the target model predicts for each image.
    public let predictions: [Int]
    /// E_c of every class name: unit rows [classes, d]
    public let classEmbeddings: Tensor

    public init(activations: Tensor, imageEmbeddings: Tensor, predictions: [Int], classEmbeddings: Tensor) {
        self.init(
            activations: .dense(activations), imageEmbeddings: imageEmbeddings, predictions: predictions,
            classEmbeddings: classEmbeddings)
    }

    public init(
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

/// How E_n is trained. The defaults are those that measured best on Fashion-MNIST: a small start, few epochs.
public struct AlignmentParameters: Sendable, Hashable, Codable {
    /// Passes over the training images at most; early stopping may keep an earlier one.
    public var epochs = 15
    public var batch = 256
    /// Peak learning rate of AdamW, decayed by a cosine.
    public var rate: Float = 1e-3
    /// Standard deviation of the first weights, times sqrt(units).
    public var initialDeviation: Float = 0.01
    /// Temperature at the start.
    public var temperature: Float = 0.2
    /// Whether the two temperatures (one a loss) are trained too.
    public var learnsTemperature = true
    /// Share of the images held out to decide when to stop.
    public var validationShare: Float = 0.15
    /// Epochs without a better validation score before stopping.
    public var patience = 4
    public var seed: UInt64 = 0
    /// Weights of L_out (against predicted labels) and L_in (against images).
    public var outputWeight: Float = 1
    public var inputWeight: Float = 1

    public init() {}
}

/// What one epoch of an alignment measured.
public struct AlignmentEpoch: Sendable, Hashable, Codable {
    /// Mean training losses.
    public var outputLoss: Float
    public var inputLoss: Float
    public var validation: AlignmentValidation
    /// Temperatures of the two losses.
    public var outputTemperature: Float
    public var inputTemperature: Float
}

/// A finished alignment: the encoder of the best epoch and the record of all.
public struct Alignment: Sendable, Equatable {
    public let encoder: NeuronEncoder
    public let epochs: [AlignmentEpoch]
    /// Index of the epoch whose weights were kept.
    public let best: Int

    public init(encoder: NeuronEncoder, epochs: [AlignmentEpoch], best: Int) {
        self.encoder = encoder
        self.epochs = epochs
        self.best = best
    }
}
