import LinearAlgebra

/// A sparse autoencoder as a published file has it, whatever the layout.
package struct AutoencoderContents: Sendable {
    package enum Activation: Sendable, Hashable {
        case relu
        case topK(Int)
        case jumpReLU(thresholds: [Float])
        case gated(logScales: [Float], magnitudeBias: [Float])
    }

    package enum Normalization: Sendable, Hashable {
        case none, layerNorm, constantNorm
        /// By one factor that brings the mean norm to √d; nil where the file does not tell it.
        case expectedAverage(factor: Float?)
    }

    /// Which of an image's vectors it was trained on.
    package enum Inputs: String, Sendable, Hashable, Codable {
        case classToken = "the class token", patches = "patches", tokens = "all tokens"
    }

    /// The hook point it says it was trained on.
    package var hookPoint: String?
    /// Nil where it does not say.
    package var inputs: Inputs?
    /// Whether its top k keeps a z that is not positive where fewer than k are, as saev's does; here such is no activation.
    package var keepsNegative = false
    /// [features, d]
    package var encoder: Tensor
    package var encoderBias: [Float]
    /// [features, d]
    package var decoder: Tensor
    package var decoderBias: [Float]
    package var activation: Activation
    package var normalization: Normalization
    package var subtractsDecoderBias: Bool

    package init(
        hookPoint: String?, encoder: Tensor, encoderBias: [Float], decoder: Tensor, decoderBias: [Float],
        activation: Activation, normalization: Normalization, subtractsDecoderBias: Bool
    ) {
        self.hookPoint = hookPoint
        (self.encoder, self.encoderBias) = (encoder, encoderBias)
        (self.decoder, self.decoderBias) = (decoder, decoderBias)
        (self.activation, self.normalization) = (activation, normalization)
        self.subtractsDecoderBias = subtractsDecoderBias
    }

    /// z |d_j| with unit d_j: what SAELens' `rescale_acts_by_decoder_norm` means.
    ///
    /// - Parameter file: what the error names.
    mutating func foldDecoderNorms(file: String) throws(VisionModelsError) {
        let norms = decoder.norms()
        let width = decoder.columns
        encoder.withUnsafeMutable { e in
            for (j, norm) in norms.enumerated() { for i in j * width..<(j + 1) * width { e[i] *= norm } }
        }
        for (j, norm) in norms.enumerated() { encoderBias[j] *= norm }
        // Numbers that are finite each may be too great for a product.
        let bias = Tensor([encoderBias.count], encoderBias)
        if let found = encoder.firstNonFinite ?? bias.firstNonFinite {
            throw .notFiniteTensor(
                file: file, tensor: SAELens.Tensors.decoder, place: [found.place[0]],
                value: "a length of \(norms[found.place[0]])")
        }
        decoder = decoder.normalized()
    }
}
