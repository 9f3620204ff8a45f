import Foundation
import LinearAlgebra

extension SAELens {
    /// What stands in the two files of an autoencoder: the tensors of `weightsName`, and the text of `settingsName`.
    package static func files(
        of contents: AutoencoderContents, model: String
    ) throws -> (tensors: [(name: String, tensor: Tensor)], settings: String) {
        func vector(_ name: String, _ values: [Float]) -> (name: String, tensor: Tensor) {
            (name, Tensor([values.count], values))
        }
        var tensors: [(name: String, tensor: Tensor)] = [
            (Tensors.encoder, contents.encoder.transposed()), (Tensors.decoder, contents.decoder),
            vector(Tensors.decoderBias, contents.decoderBias),
        ]
        let bias = contents.encoderBias
        let architecture: Architecture
        var k: Int?
        switch contents.activation {
        case .relu:
            architecture = .standard
            tensors.append(vector(Tensors.encoderBias, bias))
        case .topK(let number):
            (architecture, k) = (.topk, min(number, contents.encoder.rows))
            tensors.append(vector(Tensors.encoderBias, bias))
        case .jumpReLU(let thresholds):
            architecture = .jumprelu
            tensors += [vector(Tensors.encoderBias, bias), vector(Tensors.thresholds, thresholds)]
        case .gated(let logScales, let magnitudeBias):
            architecture = .gated
            tensors += [
                vector(Tensors.gateBias, bias), vector(Tensors.logScales, logScales),
                vector(Tensors.magnitudeBias, magnitudeBias),
            ]
        }
        let settings = WrittenSettings(contents: contents, architecture: architecture, k: k, model: model)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return (tensors, String(decoding: try encoder.encode(settings), as: UTF8.self) + "\n")
    }

    private struct WrittenSettings: Encodable {
        let contents: AutoencoderContents
        let architecture: Architecture
        let k: Int?
        let model: String

        func encode(to encoder: any Encoder) throws {
            var settings = encoder.container(keyedBy: Key.self)
            try settings.encode(architecture.rawValue, forKey: .architecture)
            try settings.encode(contents.encoder.columns, forKey: .width)
            try settings.encode(contents.encoder.rows, forKey: .features)
            try settings.encode("float32", forKey: .dtype)
            try settings.encode("cpu", forKey: .device)
            try settings.encode(contents.subtractsDecoderBias, forKey: .subtractsDecoderBias)
            try settings.encode(normalization.rawValue, forKey: .normalization)
            try settings.encode(noReshaping, forKey: .reshaping)
            try settings.encodeIfPresent(k, forKey: .k)
            var metadata = settings.nestedContainer(keyedBy: Key.self, forKey: .metadata)
            try metadata.encode(model, forKey: .model)
            try metadata.encodeIfPresent(contents.hookPoint, forKey: .hook)
        }

        private var normalization: Normalization {
            switch contents.normalization {
            case .none: .none
            case .layerNorm: .layerNorm
            case .constantNorm: .constantNorm
            case .expectedAverage: .expectedAverage
            }
        }
    }
}
