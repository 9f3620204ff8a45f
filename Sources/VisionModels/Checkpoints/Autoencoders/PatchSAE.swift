import Files
import LinearAlgebra

/// PatchSAE's layout (Lim et al. 2024), and that of the trainers it comes from: `cfg` and `state_dict` in one PyTorch file,
/// with the tensors of SAELens.
///
/// f = ReLU(W_encᵀ (x - b_dec) + b_enc), x̂ = W_decᵀ f + b_dec (its `forward_standard`); what it calls gated it never runs.
enum PatchSAE {
    private enum Key {
        static let (width, layer, module) = ("d_in", "block_layer", "module_name")
        static let (isGated, isOfClassToken) = ("gated_sae", "class_token")
    }

    /// What its module is called that is the stream after a block.
    private static let residual = "resid"

    /// Whether settings are PatchSAE's and not Prisma's, whose file is made alike.
    static func isOf(_ settings: PickledSettings) -> Bool { settings.members[Key.layer] != nil }

    static func read(
        _ checkpoint: Checkpoint, _ weights: inout Weights, _ told: PickledSettings, width: Int
    ) throws(VisionModelsError) -> (contents: AutoencoderContents, settings: String) {
        let settings = Settings(file: checkpoint.file, told.members)
        guard try settings.integer(Key.width, default: width) == width else {
            throw settings.unsuitable(Key.width, expected: "\(width), the units of the study's layer")
        }
        if try settings.flag(Key.isGated, default: false) { throw settings.unsuitable(Key.isGated, expected: "false") }
        let layer = try settings.integer(Key.layer, default: 0)
        let module = if case .string(let name)? = settings[Key.module] { name } else { residual }
        let tensors = try SAELens.plainTensors(checkpoint, &weights, width: width)
        var contents = AutoencoderContents(
            hookPoint: "blocks.\(layer)" + (module == residual ? "" : "." + module), encoder: tensors.encoder,
            encoderBias: tensors.encoderBias, decoder: tensors.decoder, decoderBias: tensors.decoderBias,
            activation: .relu, normalization: .none, subtractsDecoderBias: true)
        contents.inputs = try settings.flag(Key.isOfClassToken, default: false) ? .classToken : .tokens
        return (contents, settings.digest.description)
    }
}

extension SAELens {
    /// The four tensors that every layout but OpenAI's has, the encoder turned to [features, d].
    static func plainTensors(
        _ checkpoint: Checkpoint, _ weights: inout Weights, width: Int
    ) throws(VisionModelsError) -> (encoder: Tensor, encoderBias: [Float], decoder: Tensor, decoderBias: [Float]) {
        let features = checkpoint.shape(of: Tensors.decoder)?.first ?? 0
        return (
            try weights.tensor(Tensors.encoder, [width, features]).transposed(),
            try weights.tensor(Tensors.encoderBias, [features]).values,
            try weights.tensor(Tensors.decoder, [features, width]),
            try weights.tensor(Tensors.decoderBias, [width]).values
        )
    }
}
