import Digests
import Files
import Foundation
import LinearAlgebra

/// A sparse autoencoder as others publish it: SAELens (`cfg.json`, `sae_weights.safetensors`), Prisma (`config.json`
/// and the same tensors) or OpenAI (`encoder.weight`, `latent_bias`, `pre_bias`, `decoder.weight`), as safetensors.
package struct AutoencoderFile: Sendable {
    package enum Layout: String, Sendable, Codable { case saeLens = "SAELens", prisma = "Prisma", openAI = "OpenAI" }

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

    package let file: String
    package let layout: Layout
    /// The hook point it says it was trained on.
    package let hookPoint: String?
    /// [features, d]
    package let encoder: Tensor
    package let encoderBias: [Float]
    /// [features, d]
    package let decoder: Tensor
    package let decoderBias: [Float]
    package let activation: Activation
    package let normalization: Normalization
    package let subtractsDecoderBias: Bool
    /// Tensors in the file that take no part in encoding or decoding, in alphabetical order.
    package let ignoredTensors: [String]
    /// Of weights and settings.
    package let digest: Digest

    /// Reads `url`, a folder or the file of tensors in it.
    ///
    /// - Parameters:
    ///   - width: d, the units of the layer it is to work on.
    ///   - topK: k of an OpenAI file whose metadata do not tell it.
    /// - Throws: what is missing, misshapen, unused or beyond this program; a pickle is named as such and never read.
    package init(_ url: URL, width: Int, topK: Int? = nil) throws(VisionModelsError) {
        let checkpoint = try Checkpoint(try Self.tensors(at: url))
        let folder = URL(filePath: checkpoint.file).deletingLastPathComponent()
        var weights = Weights(NamedTensors(checkpoint: checkpoint, names: .huggingFace))
        let source: Parts
        if checkpoint.shape(of: "encoder.weight") != nil {
            source = try Parts(openAI: checkpoint, &weights, width: width, topK: topK)
        } else {
            source = try Parts(named: checkpoint, &weights, folder: folder, width: width)
        }
        let idle = try checkpoint.idleTensors(of: source.activation)
        try weights.finish(ignoring: idle.contains)
        ignoredTensors = idle.sorted()
        file = checkpoint.file
        (layout, hookPoint, activation) = (source.layout, source.hookPoint, source.activation)
        (encoder, encoderBias) = (source.encoder, source.encoderBias)
        (decoder, decoderBias) = (source.decoder, source.decoderBias)
        (normalization, subtractsDecoderBias) = (source.normalization, source.subtractsDecoderBias)
        digest = Digest("autoencoder", checkpoint.digest(), source.settings, topK ?? 0)
    }

    /// A pickle will do where it has the tensors of SAELens and Prisma, whose settings lie beside it; OpenAI's has its
    /// settings inside, where they are not read.
    private static func readable(_ url: URL) throws(VisionModelsError) -> URL {
        guard pickles.contains(url.pathExtension.lowercased()) else { return url }
        guard let tensors = try? Checkpoint(url), tensors.shape(of: "W_enc") != nil else {
            throw .pickledAutoencoder(file: url.path)
        }
        return url
    }

    private static let pickles: Set = ["pt", "pth", "bin", "ckpt", "pkl"]

    /// The file of tensors that `url` is or holds.
    private static func tensors(at url: URL) throws(VisionModelsError) -> URL {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw .unreadable(file: url.path, code: ENOENT)
        }
        guard isFolder.boolValue else {
            return try readable(url)
        }
        let names = ((try? files.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
        let usual = url.appending(path: "sae_weights.safetensors")
        if names.contains(usual.lastPathComponent) { return usual }
        if let name = names.first(where: { $0.hasSuffix(".safetensors") }) { return url.appending(path: name) }
        if let pickle = names.first(where: { pickles.contains(URL(filePath: $0).pathExtension.lowercased()) }) {
            return try readable(url.appending(path: pickle))
        }
        throw .unreadable(file: usual.path, code: ENOENT)
    }
}

/// What a layout says, in one form.
private struct Parts {
    var layout: AutoencoderFile.Layout
    var hookPoint: String?
    var encoder: Tensor
    var encoderBias: [Float]
    var decoder: Tensor
    var decoderBias: [Float]
    var activation: AutoencoderFile.Activation
    var normalization: AutoencoderFile.Normalization
    var subtractsDecoderBias: Bool
    /// All the settings that were followed, for the digest.
    var settings: String

    /// OpenAI: TopK comes with a layer norm, ReLU without.
    init(
        openAI checkpoint: Checkpoint, _ weights: inout Weights, width: Int, topK: Int?
    ) throws(VisionModelsError) {
        let features = checkpoint.shape(of: "encoder.weight")?.first ?? 0
        encoder = try weights.tensor("encoder.weight", [features, width])
        decoder = try weights.tensor("decoder.weight", [width, features]).turned
        encoderBias = try weights.tensor("latent_bias", [features]).values
        decoderBias = try weights.tensor("pre_bias", [width]).values
        layout = .openAI
        hookPoint = checkpoint.metadata["hook_point"]
        let k = topK ?? checkpoint.metadata["k"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let kind = checkpoint.metadata["activation"] ?? (k == nil ? nil : "TopK")
        switch (kind, k) {
        case ("ReLU", _): activation = .relu
        case ("TopK", let k?): activation = .topK(k)
        default:
            throw .unsuitableSetting(
                file: checkpoint.file, key: "activation", expected: "ReLU, or TopK with its k", found: kind ?? "nothing"
            )
        }
        normalization = kind == "TopK" ? .layerNorm : .none
        subtractsDecoderBias = true
        settings = "openai \(kind ?? "") \(k ?? 0)"
    }

    /// SAELens and Prisma: the same tensor names, other settings.
    init(
        named checkpoint: Checkpoint, _ weights: inout Weights, folder: URL, width: Int
    ) throws(VisionModelsError) {
        let saeLens = folder.appending(path: "cfg.json")
        let isPrisma = !FileManager.default.fileExists(atPath: saeLens.path)
        let settings = try Settings(isPrisma ? folder.appending(path: "config.json") : saeLens)
        layout = isPrisma ? .prisma : .saeLens
        let metadata = try settings.section("metadata")
        hookPoint = ["hook_name", "hook_point"].lazy.compactMap { (settings[$0] ?? metadata[$0])?.text }.first

        let declared = try settings.integer("d_in", default: width)
        guard declared == width else {
            throw settings.unsuitable("d_in", expected: "\(width), the units of the study's layer")
        }
        let features = checkpoint.shape(of: "W_dec")?.first ?? 0
        encoder = try weights.tensor("W_enc", [width, features]).turned
        decoder = try weights.tensor("W_dec", [features, width])
        decoderBias = try weights.tensor("b_dec", [width]).values
        // Of ones, it does nothing.
        if try settings.flag("finetuning_scaling_factor", default: false), !checkpoint.isOfOnes("scaling_factor") {
            throw settings.unsuitable("finetuning_scaling_factor", expected: "false, or a scaling_factor of ones")
        }
        if let shape = settings["reshape_activations"], shape.text != "none" {
            throw settings.unsuitable("reshape_activations", expected: "none")
        }
        let rescales = try settings.flag("rescale_acts_by_decoder_norm", default: false)
        var activation = try settings.autoencoderActivation(hasThresholds: checkpoint.shape(of: "threshold") != nil)
        switch activation {
        case .jumpReLU:
            activation = .jumpReLU(thresholds: try weights.tensor("threshold", [features]).values)
            encoderBias = try weights.tensor("b_enc", [features]).values
        case .gated:
            activation = .gated(
                logScales: try weights.tensor("r_mag", [features]).values,
                magnitudeBias: try weights.tensor("b_mag", [features]).values)
            encoderBias = try weights.tensor("b_gate", [features]).values
        case .relu, .topK: encoderBias = try weights.tensor("b_enc", [features]).values
        }
        self.activation = activation
        let subtracts = try settings.flag("apply_b_dec_to_input", default: true)
        subtractsDecoderBias = isPrisma || subtracts
        normalization = try settings.autoencoderNormalization()
        self.settings = settings.digest.description
        if rescales { try foldDecoderNorms(file: checkpoint.file) }
    }

    /// z |d_j| with unit d_j: what `rescale_acts_by_decoder_norm` means.
    private mutating func foldDecoderNorms(file: String) throws(VisionModelsError) {
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
                file: file, tensor: "W_dec", place: [found.place[0]], value: "a length of \(norms[found.place[0]])")
        }
        decoder = decoder.normalized()
    }
}

extension Checkpoint {
    /// Tensors that training leaves in a file and nothing reads: counters, a scale of ones, and in a gated autoencoder the
    /// bias of the others.
    fileprivate func idleTensors(of activation: AutoencoderFile.Activation) throws(VisionModelsError) -> Set<String> {
        var idle: Set = [
            "stats_last_nonzero", "num_batches_not_active", "n_forward_passes_since_fired", "act_freq_scores",
            "activation_frequencies",
        ]
        if isOfOnes("scaling_factor") { idle.insert("scaling_factor") }
        if case .gated = activation { idle.insert("b_enc") }
        return idle.intersection(tensorNames)
    }

    fileprivate func isOfOnes(_ name: String) -> Bool {
        guard let tensor = try? tensor(name) else { return false }
        return tensor.values.allSatisfy { $0 == 1 }
    }
}

extension Settings {
    /// The activation by name; thresholds and scales are tensors. Before SAELens 6 top-k was a standard architecture
    /// with an activation function of that name, and so it is in Prisma.
    fileprivate func autoencoderActivation(
        hasThresholds: Bool
    ) throws(VisionModelsError) -> AutoencoderFile.Activation {
        let architecture = self["architecture"]?.text ?? "standard"
        let function = (self["activation_fn_str"] ?? self["activation_fn"])?.text ?? "relu"
        switch (architecture, function) {
        case ("topk", _), ("standard", "topk"), ("vanilla", "topk"):
            let inner = self["activation_fn_kwargs"] == nil ? self : try section("activation_fn_kwargs")
            let holder = self["k"] == nil ? inner : self
            guard holder["k"] != nil else { throw unsuitable("k", expected: "a positive whole number") }
            return .topK(try holder.count("k", default: 1))
        case ("jumprelu", _),
            ("batchtopk", _) where hasThresholds:
            return .jumpReLU(thresholds: [])
        case ("gated", _): return .gated(logScales: [], magnitudeBias: [])
        case ("standard", "relu"), ("vanilla", "relu"): return .relu
        case ("standard", _), ("vanilla", _): throw unsuitable("activation_fn_str", expected: "relu or topk")
        default: throw unsuitable("architecture", expected: "standard, topk, jumprelu or gated")
        }
    }

    fileprivate func autoencoderNormalization() throws(VisionModelsError) -> AutoencoderFile.Normalization {
        switch self["normalize_activations"]?.text ?? "none" {
        case "none": return .none
        case "layer_norm": return .layerNorm
        case "constant_norm_rescale": return .constantNorm
        case "expected_average_only_in":
            let factor = try float("norm_scaling_factor", default: 0)
            return .expectedAverage(factor: factor > 0 ? factor : nil)
        default:
            throw unsuitable(
                "normalize_activations",
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

extension Tensor {
    /// Rows and columns exchanged.
    fileprivate var turned: Tensor {
        let (rows, columns) = (rows, columns)
        return Tensor([columns, rows]) { target in
            withUnsafe { source in
                for row in 0..<rows { for c in 0..<columns { target[c * rows + row] = source[row * columns + c] } }
            }
        }
    }
}
