import LinearAlgebra

/// OpenAI's layout (Gao et al. 2024): everything in one file, settings in its metadata.
enum OpenAIAutoencoder {
    /// TopK comes with a layer norm, ReLU without.
    static func read(
        _ checkpoint: Checkpoint, _ weights: inout Weights, width: Int, topK: Int?
    ) throws(VisionModelsError) -> (contents: AutoencoderContents, settings: String) {
        let features = checkpoint.shape(of: "encoder.weight")?.first ?? 0
        let encoder = try weights.tensor("encoder.weight", [features, width])
        let decoder = try weights.tensor("decoder.weight", [width, features]).transposed()
        let encoderBias = try weights.tensor("latent_bias", [features]).values
        let decoderBias = try weights.tensor("pre_bias", [width]).values
        let k = topK ?? checkpoint.metadata["k"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let kind = checkpoint.metadata["activation"] ?? (k == nil ? nil : "TopK")
        let activation: AutoencoderContents.Activation
        switch (kind, k) {
        case ("ReLU", _): activation = .relu
        case ("TopK", let k?): activation = .topK(k)
        default:
            throw .unsuitableSetting(
                file: checkpoint.file, key: "activation", expected: "ReLU, or TopK with its k", found: kind ?? "nothing"
            )
        }
        let contents = AutoencoderContents(
            hookPoint: checkpoint.metadata["hook_point"], encoder: encoder, encoderBias: encoderBias, decoder: decoder,
            decoderBias: decoderBias, activation: activation, normalization: kind == "TopK" ? .layerNorm : .none,
            subtractsDecoderBias: true)
        return (contents, "openai \(kind ?? "") \(k ?? 0)")
    }
}
