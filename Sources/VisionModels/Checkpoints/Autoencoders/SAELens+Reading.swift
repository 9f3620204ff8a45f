import Files
import Foundation
import LinearAlgebra

extension SAELens {
    static func read(
        _ checkpoint: Checkpoint, _ weights: inout Weights, folder: URL, width: Int
    ) throws(VisionModelsError) -> (AutoencoderFile.Layout, AutoencoderContents, settings: String) {
        let own = folder.appending(path: settingsName)
        let isPrisma = checkpoint.settings != nil || !FileManager.default.fileExists(atPath: own.path)
        let settings =
            if let told = checkpoint.settings { Settings(file: checkpoint.file, told.members) } else {
                try Settings(isPrisma ? folder.appending(path: prismaSettingsName) : own)
            }
        let metadata = try settings.section(Key.metadata.rawValue)
        let declared = try settings.integer(Key.width.rawValue, default: width)
        guard declared == width else {
            throw settings.unsuitable(Key.width.rawValue, expected: "\(width), the units of the study's layer")
        }
        if try settings.flag(Key.isFinetuned.rawValue, default: false), !checkpoint.isOfOnes(Tensors.scale) {
            throw settings.unsuitable(
                Key.isFinetuned.rawValue, expected: "false, or a \(Tensors.scale) of ones")
        }
        if let shape = settings[.reshaping], shape.text != noReshaping {
            throw settings.unsuitable(Key.reshaping.rawValue, expected: noReshaping)
        }
        if try settings.flag(Key.isTranscoder.rawValue, default: false) {
            throw settings.unsuitable(Key.isTranscoder.rawValue, expected: "false: a transcoder rebuilds another layer")
        }
        let features = checkpoint.shape(of: Tensors.decoder)?.first ?? 0
        let encoder = try weights.tensor(Tensors.encoder, [width, features]).transposed()
        let decoder = try weights.tensor(Tensors.decoder, [features, width])
        let decoderBias = try weights.tensor(Tensors.decoderBias, [width]).values
        func perFeature(_ name: String) throws(VisionModelsError) -> [Float] {
            try weights.tensor(name, [features]).values
        }
        let activation: AutoencoderContents.Activation
        let encoderBias: [Float]
        switch try settings.activation(hasThresholds: checkpoint.shape(of: Tensors.thresholds) != nil) {
        case .relu: (activation, encoderBias) = (.relu, try perFeature(Tensors.encoderBias))
        case .topK(let k): (activation, encoderBias) = (.topK(k), try perFeature(Tensors.encoderBias))
        case .jumpReLU:
            activation = .jumpReLU(thresholds: try perFeature(Tensors.thresholds))
            encoderBias = try perFeature(Tensors.encoderBias)
        case .gated:
            activation = .gated(
                logScales: try perFeature(Tensors.logScales), magnitudeBias: try perFeature(Tensors.magnitudeBias))
            encoderBias = try perFeature(Tensors.gateBias)
        }
        let subtracts = try settings.flag(Key.subtractsDecoderBias.rawValue, default: true)
        var contents = AutoencoderContents(
            hookPoint: [Key.hook, .formerHook].lazy.compactMap { (settings[$0] ?? metadata[$0])?.text }.first
                ?? settings.prismaHook,
            encoder: encoder, encoderBias: encoderBias, decoder: decoder, decoderBias: decoderBias,
            activation: activation, normalization: try settings.normalization(),
            subtractsDecoderBias: isPrisma || subtracts)
        contents.inputs = try settings.inputs()
        if try settings.flag(Key.isRescaledByDecoder.rawValue, default: false) {
            try contents.foldDecoderNorms(file: checkpoint.file)
        }
        return (isPrisma ? .prisma : .saeLens, contents, settings.digest.description)
    }
}

/// How units become active, without the tensors it takes.
private enum ActivationKind { case relu, topK(Int), jumpReLU, gated }

extension Settings {
    fileprivate subscript(key: SAELens.Key) -> JSON? { self[key.rawValue] }

    /// Before SAELens 6 top-k was a standard architecture with an activation function of that name, and so it is in Prisma.
    fileprivate func activation(hasThresholds: Bool) throws(VisionModelsError) -> ActivationKind {
        let architecture = SAELens.Architecture(rawValue: self[.architecture]?.text ?? "standard")
        let function = (self[.function] ?? self[.formerFunction])?.text ?? "relu"
        switch (architecture, function) {
        case (.topk, _), (.standard, "topk"), (.vanilla, "topk"):
            let arguments = SAELens.Key.functionArguments
            let inner = self[arguments] == nil ? self : try section(arguments.rawValue)
            let holder = self[.k] == nil ? inner : self
            guard holder[.k] != nil else {
                throw unsuitable(SAELens.Key.k.rawValue, expected: "a positive whole number")
            }
            if inner[.afterTopK] != nil {
                throw inner.unsuitable(SAELens.Key.afterTopK.rawValue, expected: "none, which is ReLU")
            }
            return .topK(try holder.count(SAELens.Key.k.rawValue, default: 1))
        case (.jumprelu, _),
            (.batchtopk, _) where hasThresholds:
            return .jumpReLU
        case (.gated, "relu"): return .gated
        case (.gated, _): throw unsuitable(SAELens.Key.function.rawValue, expected: "relu, as it is gated")
        case (.standard, "relu"), (.vanilla, "relu"): return .relu
        case (.standard, _), (.vanilla, _):
            throw unsuitable(SAELens.Key.function.rawValue, expected: "relu or topk")
        default:
            throw unsuitable(SAELens.Key.architecture.rawValue, expected: "standard, topk, jumprelu or gated")
        }
    }

    /// What Prisma calls the layer: `blocks.9.hook_resid_post` of layer 9 and `hook_resid_post`.
    fileprivate var prismaHook: String? {
        guard let layer = self[.layer]?.integer, let part = self[.layerPart]?.text else { return nil }
        return "blocks.\(layer).\(part)"
    }

    /// Prisma trains on all tokens where it is told nothing else; SAELens does not say.
    fileprivate func inputs() throws(VisionModelsError) -> AutoencoderContents.Inputs? {
        guard self[.isOfClassToken] != nil || self[.isOfPatches] != nil else { return nil }
        if try flag(SAELens.Key.isOfClassToken.rawValue, default: false) { return .classToken }
        return try flag(SAELens.Key.isOfPatches.rawValue, default: false) ? .patches : .tokens
    }

    fileprivate func normalization() throws(VisionModelsError) -> AutoencoderContents.Normalization {
        switch SAELens.Normalization(rawValue: self[.normalization]?.text ?? "none") {
        case .some(.none): return .none
        case .layerNorm: return .layerNorm
        case .constantNorm: return .constantNorm
        case .expectedAverage:
            let factor = try float(SAELens.Key.normalizationFactor.rawValue, default: 0)
            return .expectedAverage(factor: factor > 0 ? factor : nil)
        case nil:
            throw unsuitable(
                SAELens.Key.normalization.rawValue,
                expected: "none, layer_norm, constant_norm_rescale or expected_average_only_in")
        }
    }
}

extension JSON {
    /// The value of a string.
    fileprivate var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}
