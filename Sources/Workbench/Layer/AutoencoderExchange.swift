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
    ///   - url: its folder or file, in a layout that `AutoencoderFile` reads.
    ///   - topK: k of an OpenAI file that does not tell it.
    ///   - use: which of the layer's vectors it is applied to; nil for what it says it was trained on, tokens pooled by their
    ///     maximum.
    ///   - ignoresHookPoint: whether it may come from another hook point than the study's layer.
    ///   - noticing: is told what is doubtful about it.
    /// - Throws: `otherHookPoint` where it was trained elsewhere, and what reading it throws.
    @discardableResult
    package func importAutoencoder(
        _ url: URL, topK: Int? = nil, use: AutoencoderUse? = nil, ignoresHookPoint: Bool = false,
        noticing: (AutoencoderNotice) -> Void = { _ in }, _ work: Work = Work()
    ) throws -> AutoencoderReport {
        guard let pooled = try extraction(of: probe)?.activations else {
            throw WorkbenchError.notExtracted(study: folder.path)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let file = try AutoencoderFile(url, width: hookPoint.width, topK: topK)
        if let found = file.contents.hookPoint, !ignoresHookPoint, HookNames.canonical(found) != hookPoint.name {
            throw WorkbenchError.otherHookPoint(file: file.file, expected: hookPoint.name, found: found)
        }
        let use = use ?? (file.contents.inputs.isOfTokens && tokenCount > 1 ? .tokens(.max) : .images)
        let data = use.pooling == nil ? pooled : try someTokens(work)
        let autoencoder = SparseAutoencoder(
            file.contents, layer: hookPoint.name, data: data, pooling: use.pooling)
        var k: Int?
        if case .topK(let number) = autoencoder.activation { k = number }
        let key = try Digest(
            "imported autoencoder", use.pooling == nil ? activationKey(of: probe) : tokenKey(of: probe),
            "\(file.digest) \(use.pooling?.rawValue ?? "")")
        var source = ["layout": file.layout.rawValue, "file": url.lastPathComponent]
        source["pooling"] = use.pooling?.rawValue
        let report = try keep(
            autoencoder, key: key, parameters: Self.sortedJSON(source), k: k,
            seconds: { (clock.now - began) / .seconds(1) }, work)
        try select(key)
        AutoencoderNotice.all(of: file, use, pooling, report, data: data).forEach(noticing)
        return report
    }

    /// All tokens of up to 64 probe images, taken evenly: what tells the scale of a layer's tokens.
    private func someTokens(_ work: Work) throws -> Tensor {
        let images = try probe
        let count = min(images.count, 64)
        var values: [Float] = []
        try TokenPass(self, of: images).run((0..<count).map { $0 * images.count / count }, work) { _, tokens in
            values += tokens.values
        }
        return Tensor([values.count / hookPoint.width, hookPoint.width], values)
    }

    /// Writes the study's autoencoder into a folder in SAELens layout; the names of its files.
    ///
    /// - Throws: `noAutoencoder` where there is none.
    @discardableResult
    package func exportAutoencoder(to output: URL) throws -> [String] {
        guard let autoencoder = try autoencoder()?.autoencoder else {
            throw WorkbenchError.noAutoencoder(study: folder.path)
        }
        try autoencoder.exportSAELens(to: output, model: modelName)
        return [SAELens.settingsName, SAELens.weightsName]
    }
}

extension SparseAutoencoder {
    /// Writes the two files of SAELens' layout into a folder, made where there is none.
    package func exportSAELens(to output: URL, model: String) throws {
        do {
            try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        } catch {
            throw FileError(unwritable: output.path, because: error)
        }
        let (tensors, settings) = try SAELens.files(of: contents, model: model)
        try SafetensorsFile.write(tensors, to: output.appending(path: SAELens.weightsName))
        try UserFile.write(settings, to: output.appending(path: SAELens.settingsName))
    }

    /// As files have it.
    private var contents: AutoencoderContents {
        let activation: AutoencoderContents.Activation =
            switch self.activation {
            case .relu: .relu
            case .topK(let k): .topK(k)
            case .jumpReLU(let thresholds): .jumpReLU(thresholds: thresholds)
            case .gated(let scales, let bias): .gated(logScales: scales, magnitudeBias: bias)
            }
        let normalization: AutoencoderContents.Normalization =
            switch self.normalization {
            case .none: .none
            case .layerNorm: .layerNorm
            case .constantNorm: .constantNorm
            }
        return AutoencoderContents(
            hookPoint: layer, encoder: encoder, encoderBias: encoderBias, decoder: decoder, decoderBias: decoderBias,
            activation: activation, normalization: normalization, subtractsDecoderBias: subtractsDecoderBias)
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
    package init(_ file: AutoencoderContents, layer: String, data: Tensor, pooling: CodePooling? = nil) {
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
            activation: activation, normalization: normalization, subtractsDecoderBias: file.subtractsDecoderBias,
            pooling: pooling)
    }
}
