import Analysis
import Digests
import Files
import Foundation
import LinearAlgebra
import VisionModels

extension TargetLayer {
    /// Makes an autoencoder that others trained the study's.
    ///
    /// - Parameters:
    ///   - url: its folder or file, in SAELens, Prisma or OpenAI layout.
    ///   - topK: k of an OpenAI file that does not tell it.
    ///   - ignored: is told which of its tensors take no part, where there are any.
    ///   - ignoresHookPoint: whether it may come from another hook point than the study's layer.
    /// - Throws: `otherHookPoint` where it was trained elsewhere, and what reading it throws.
    @discardableResult
    package func importAutoencoder(
        _ url: URL, topK: Int? = nil, ignoresHookPoint: Bool = false, ignored: ([String]) -> Void = { _ in }
    ) throws -> AutoencoderReport {
        guard let data = try extraction(of: probe)?.activations else {
            throw WorkbenchError.notExtracted(study: folder.path)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let file = try AutoencoderFile(url, width: hookPoint.width, topK: topK)
        if let found = file.hookPoint, !ignoresHookPoint, HookNames.canonical(found) != hookPoint.name {
            throw WorkbenchError.otherHookPoint(file: file.file, expected: hookPoint.name, found: found)
        }
        if !file.ignoredTensors.isEmpty { ignored(file.ignoredTensors) }
        let autoencoder = SparseAutoencoder(file, layer: hookPoint.name, data: data)
        var k: Int?
        if case .topK(let number) = autoencoder.activation { k = number }
        let key = Digest("imported autoencoder", try activationKey(of: probe), file.digest)
        let source = try Self.sortedJSON(["layout": file.layout.rawValue, "file": url.lastPathComponent])
        let report = try keep(
            autoencoder, key: key, parameters: source, k: k, seconds: { (clock.now - began) / .seconds(1) })
        try select(key)
        return report
    }

    /// Writes the study's autoencoder into a folder in SAELens layout.
    ///
    /// - Throws: `noAutoencoder` where there is none.
    package func exportAutoencoder(to output: URL) throws {
        guard let autoencoder = try autoencoder()?.autoencoder else {
            throw WorkbenchError.noAutoencoder(study: folder.path)
        }
        try autoencoder.exportSAELens(to: output, model: modelName)
    }
}

extension SparseAutoencoder {
    /// Writes `cfg.json` and `sae_weights.safetensors` into a folder, made where there is none.
    package func exportSAELens(to output: URL, model: String) throws {
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        } catch {
            throw WorkbenchError.unwritable(file: output.path, reason: (error as NSError).localizedDescription)
        }
        let layout = SAELensLayout(self, model: model)
        try SafetensorsFile.write(layout.tensors, to: output.appending(path: "sae_weights.safetensors"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let json = try String(decoding: encoder.encode(layout.settings), as: UTF8.self)
        try UserFile.write(json + "\n", to: output.appending(path: "cfg.json"))
    }
}

/// Hook points as other programs call them.
enum HookNames {
    /// `blocks.9.hook_resid_post` is our `blocks.9`; other names are as they are.
    static func canonical(_ name: String) -> String {
        name.hasSuffix(".hook_resid_post") ? String(name.dropLast(".hook_resid_post".count)) : name
    }
}

extension SparseAutoencoder {
    /// - Parameter data: activations that tell the factor of `expectedAverage` where the file does not: √d over their
    ///   mean norm.
    package init(_ file: AutoencoderFile, layer: String, data: Tensor) {
        var (encoder, decoder, decoderBias) = (file.encoder, file.decoder, file.decoderBias)
        let normalization: Normalization
        switch file.normalization {
        case .none: normalization = .none
        case .layerNorm: normalization = .layerNorm
        case .constantNorm: normalization = .constantNorm
        case .expectedAverage(let told):
            normalization = .none
            let norms = data.norms()
            let mean = norms.reduce(0, +) / Float(max(1, norms.count))
            let factor = told ?? (mean > 0 ? Float(data.columns).squareRoot() / mean : 1)
            encoder.withUnsafeMutable { for i in $0.indices { $0[i] *= factor } }
            decoder.withUnsafeMutable { for i in $0.indices { $0[i] /= factor } }
            for i in decoderBias.indices { decoderBias[i] /= factor }
        }
        let activation: Activation
        switch file.activation {
        case .relu: activation = .relu
        case .topK(let k): activation = .topK(k)
        case .jumpReLU(let thresholds): activation = .jumpReLU(thresholds: thresholds)
        case .gated(let scales, let bias): activation = .gated(logScales: scales, magnitudeBias: bias)
        }
        self.init(
            layer: layer, encoder: encoder, encoderBias: file.encoderBias, decoder: decoder, decoderBias: decoderBias,
            activation: activation, normalization: normalization, subtractsDecoderBias: file.subtractsDecoderBias)
    }
}

/// An autoencoder as SAELens reads it.
struct SAELensLayout {
    let tensors: [(name: String, tensor: Tensor)]
    let settings: Settings

    struct Settings: Encodable {
        var architecture: String
        var d_in: Int
        var d_sae: Int
        var dtype = "float32"
        var device = "cpu"
        var apply_b_dec_to_input: Bool
        var normalize_activations: String
        var reshape_activations = "none"
        var k: Int?
        var metadata: Metadata

        struct Metadata: Encodable {
            var model_name: String
            var hook_name: String
        }
    }

    init(_ autoencoder: SparseAutoencoder, model: String) {
        let count = autoencoder.count
        func vector(_ name: String, _ values: [Float]) -> (name: String, tensor: Tensor) {
            (name, Tensor([values.count], values))
        }
        var tensors: [(name: String, tensor: Tensor)] = [
            ("W_enc", autoencoder.encoder.transposed()), ("W_dec", autoencoder.decoder),
            vector("b_dec", autoencoder.decoderBias),
        ]
        let bias = autoencoder.encoderBias
        let architecture: String
        var k: Int?
        switch autoencoder.activation {
        case .relu:
            architecture = "standard"
            tensors.append(vector("b_enc", bias))
        case .topK(let number):
            (architecture, k) = ("topk", min(number, count))
            tensors.append(vector("b_enc", bias))
        case .jumpReLU(let thresholds):
            architecture = "jumprelu"
            tensors += [vector("b_enc", bias), vector("threshold", thresholds)]
        case .gated(let logScales, let magnitudeBias):
            architecture = "gated"
            tensors += [vector("b_gate", bias), vector("r_mag", logScales), vector("b_mag", magnitudeBias)]
        }
        self.tensors = tensors
        let normalization =
            switch autoencoder.normalization {
            case .none: "none"
            case .layerNorm: "layer_norm"
            case .constantNorm: "constant_norm_rescale"
            }
        settings = Settings(
            architecture: architecture, d_in: autoencoder.width, d_sae: count,
            apply_b_dec_to_input: autoencoder.subtractsDecoderBias, normalize_activations: normalization, k: k,
            metadata: .init(model_name: model, hook_name: autoencoder.layer))
    }
}
