import Analysis
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// An autoencoder in a file of the study: the tensors as they are used, so that they are mapped and not copied.
extension SparseAutoencoder {
    func write(to url: URL) throws {
        var tensors: [(name: String, tensor: Tensor)] = [
            ("encoder", encoder), ("encoder_bias", Tensor([count], encoderBias)), ("decoder", decoder),
            ("decoder_bias", Tensor([width], decoderBias)),
        ]
        var metadata = [
            "layer": layer, "normalization": normalization.rawValue,
            "subtracts_decoder_bias": "\(subtractsDecoderBias)",
        ]
        metadata["pooling"] = pooling?.rawValue
        switch activation {
        case .relu: metadata["activation"] = "relu"
        case .topK(let k): metadata["activation"] = "topk \(k)"
        case .jumpReLU(let thresholds):
            metadata["activation"] = "jumprelu"
            tensors.append(("thresholds", Tensor([count], thresholds)))
        case .gated(let logScales, let magnitudeBias):
            metadata["activation"] = "gated"
            tensors.append(("log_scales", Tensor([count], logScales)))
            tensors.append(("magnitude_bias", Tensor([count], magnitudeBias)))
        }
        try SafetensorsFile.write(tensors, metadata: metadata, to: url)
    }

    /// - Throws: what a file that is not what `write` wrote lacks.
    init(contentsOf url: URL, features: Int, width: Int) throws {
        let file = try Checkpoint(url)
        func vector(_ name: String, _ count: Int) throws -> [Float] { try file.tensor(name, shape: [count]).values }
        let words = (file.metadata["activation"] ?? "").split(separator: " ")
        let activation: Activation
        switch words.first {
        case "topk": activation = .topK(max(1, words.last.flatMap { Int($0) } ?? 1))
        case "jumprelu": activation = .jumpReLU(thresholds: try vector("thresholds", features))
        case "gated":
            activation = .gated(
                logScales: try vector("log_scales", features), magnitudeBias: try vector("magnitude_bias", features))
        default: activation = .relu
        }
        self.init(
            layer: file.metadata["layer"] ?? "", encoder: try file.tensor("encoder", shape: [features, width]),
            encoderBias: try vector("encoder_bias", features),
            decoder: try file.tensor("decoder", shape: [features, width]),
            decoderBias: try vector("decoder_bias", width), activation: activation,
            normalization: file.metadata["normalization"].flatMap(Normalization.init) ?? .none,
            subtractsDecoderBias: file.metadata["subtracts_decoder_bias"] != "false",
            pooling: file.metadata["pooling"].flatMap(CodePooling.init))
    }
}

/// A training left half-done, in a file beside the study's activations.
extension AutoencoderState {
    func write(to url: URL, key: String) throws {
        let groups = [("weights", weights), ("first", first), ("second", second)]
        var tensors = groups.flatMap { group, weights in
            [
                (name: group + ".encoder", tensor: weights.encoder),
                (name: group + ".encoder_bias", tensor: weights.encoderBias),
                (name: group + ".decoder", tensor: weights.decoder),
                (name: group + ".decoder_bias", tensor: weights.decoderBias),
            ]
        }
        // Counts above 2^24, which float32 cannot tell apart, are all long dead.
        tensors.append(("idle", Tensor([idle.count], idle.map { Float(min($0, 1 << 24)) })))
        try SafetensorsFile.write(
            tensors,
            metadata: [
                "key": key, "step": "\(step)", "threshold": "\(threshold.bitPattern)", "scale": "\(scale.bitPattern)",
                "variance": "\(variance.bitPattern)",
            ], to: url)
    }

    /// Nil where there is no file, or one of another training, or one that cannot be read.
    init?(contentsOf url: URL, key: String, features: Int, width: Int) {
        guard let file = try? Checkpoint(url), file.metadata["key"] == key,
            let step = file.metadata["step"].flatMap({ Int($0) }),
            let idle = try? file.tensor("idle", shape: [features]).values
        else { return nil }
        func float(_ name: String) -> Float {
            file.metadata[name].flatMap { UInt32($0) }.map { Float(bitPattern: $0) } ?? 0
        }
        func weights(_ group: String) throws -> AutoencoderWeights {
            AutoencoderWeights(
                encoder: try file.tensor(group + ".encoder", shape: [features, width]),
                encoderBias: try file.tensor(group + ".encoder_bias", shape: [features]),
                decoder: try file.tensor(group + ".decoder", shape: [features, width]),
                decoderBias: try file.tensor(group + ".decoder_bias", shape: [width]))
        }
        guard let now = try? weights("weights"), let first = try? weights("first"),
            let second = try? weights("second")
        else { return nil }
        self.init(
            weights: now, first: first, second: second, idle: idle.map { Int($0) }, step: step,
            threshold: float("threshold"), scale: float("scale"), variance: float("variance"))
    }
}
