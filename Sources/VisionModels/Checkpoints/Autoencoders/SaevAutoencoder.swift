import Files
import LinearAlgebra

/// saev's layout: a line of JSON (`schema`, `cfg`), then PyTorch's archive of the tensors of SAELens.
///
/// f = σ(W_encᵀ x + b_enc), x̂ = W_decᵀ f + b_dec. Until schema 1 named a class of settings of its own for each σ (July 2025)
/// the encoder took b_dec from x first, so files of that time are run as they were trained; newer saev itself forgets it.
enum SaevAutoencoder {
    private enum Key {
        static let (schema, settings, kind, activation) = ("schema", "cfg", "cls", "activation")
        static let (width, formerWidth, parameters, k) = ("d_model", "d_vit", "params", "top_k")
    }

    private static let threshold = "activation.threshold"
    private static let newest = 5

    private enum Kind: String, CaseIterable { case relu = "Relu", topK = "TopK", batchTopK = "BatchTopK" }

    static func read(
        _ checkpoint: Checkpoint, _ weights: inout Weights, _ told: PickledSettings, width: Int
    ) throws(VisionModelsError) -> (contents: AutoencoderContents, settings: String) {
        let heading = Settings(file: checkpoint.file, told.members)
        let schema = try heading.integer(Key.schema, default: 0)
        guard (0...newest).contains(schema) else {
            throw heading.unsuitable(Key.schema, expected: "at most \(newest)")
        }
        let settings = schema == 0 ? heading : try heading.section(Key.settings)
        let widthKey = settings[Key.width] == nil ? Key.formerWidth : Key.width
        guard try settings.integer(widthKey, default: width) == width else {
            throw settings.unsuitable(widthKey, expected: "\(width), the units of the study's layer")
        }
        let activation = try settings.section(Key.activation)
        let isFormer = schema == 0 || schema == 1 && settings[Key.activation] == nil
        let kind: Kind
        let k: Int
        if isFormer {
            kind = schema == 0 ? .relu : try heading.choice(Key.kind, default: .relu)
            k = try settings.count(Key.k, default: 32)
        } else {
            guard activation[Key.kind] != nil else {
                throw activation.unsuitable(
                    Key.kind, expected: Kind.allCases.map(\.rawValue).joined(separator: " or "))
            }
            kind = try activation.choice(Key.kind, default: .relu)
            k = try activation.section(Key.parameters).count(Key.k, default: 32)
        }
        let tensors = try SAELens.plainTensors(checkpoint, &weights, width: width)
        var contents = AutoencoderContents(
            hookPoint: nil, encoder: tensors.encoder, encoderBias: tensors.encoderBias, decoder: tensors.decoder,
            decoderBias: tensors.decoderBias,
            activation: .relu, normalization: .none, subtractsDecoderBias: isFormer)
        switch kind {
        case .relu: break
        case .topK: (contents.activation, contents.keepsNegative) = (.topK(k), true)
        case .batchTopK:
            // What other images are in a batch is no part of an answer: without the threshold there is none.
            guard checkpoint.shape(of: threshold) != nil else {
                throw (isFormer ? heading : activation).unsuitable(
                    Key.kind, expected: "Relu or TopK, or BatchTopK with the tensor \(threshold)")
            }
            let value = try weights.tensor(threshold, []).values.first ?? 0
            contents.activation = .jumpReLU(
                thresholds: Array(repeating: max(0, value), count: tensors.encoderBias.count))
        }
        return (contents, heading.digest.description)
    }
}
