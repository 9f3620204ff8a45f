/// SAELens' layout, and Prisma's, which has the same tensors and other settings (beside the tensors or in one file with
/// them): every name in it stands here once, for reading and for writing.
package enum SAELens {
    package static let settingsName = "cfg.json"
    package static let weightsName = "sae_weights.safetensors"
    static let prismaSettingsName = "config.json"

    enum Tensors {
        /// [d, features], and the decoder [features, d].
        static let (encoder, decoder) = ("W_enc", "W_dec")
        static let (encoderBias, decoderBias) = ("b_enc", "b_dec")
        static let thresholds = "threshold"
        static let (gateBias, logScales, magnitudeBias) = ("b_gate", "r_mag", "b_mag")
        /// Of ones, it does nothing.
        static let scale = "scaling_factor"
    }

    enum Key: String, CodingKey {
        case architecture, k, metadata, dtype, device
        case width = "d_in"
        case features = "d_sae"
        case subtractsDecoderBias = "apply_b_dec_to_input"
        case normalization = "normalize_activations"
        case reshaping = "reshape_activations"
        case model = "model_name"
        case hook = "hook_name"
        // What is only read: of SAELens before 6, and of Prisma.
        case formerHook = "hook_point"
        case isRescaledByDecoder = "rescale_acts_by_decoder_norm"
        case isFinetuned = "finetuning_scaling_factor"
        case normalizationFactor = "norm_scaling_factor"
        case function = "activation_fn_str"
        case formerFunction = "activation_fn"
        case functionArguments = "activation_fn_kwargs"
        case isTranscoder = "is_transcoder"
        case afterTopK = "postact_fn"
        case layer = "hook_point_layer"
        case layerPart = "layer_subtype"
        case isOfClassToken = "cls_token_only"
        case isOfPatches = "use_patches_only"
    }

    enum Architecture: String { case standard, vanilla, topk, batchtopk, jumprelu, gated }

    /// What is done to activations before encoding.
    enum Normalization: String {
        case none
        case layerNorm = "layer_norm"
        case constantNorm = "constant_norm_rescale"
        case expectedAverage = "expected_average_only_in"
    }

    static let noReshaping = "none"
}
