import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// What training or importing an autoencoder found, for people and scripts.
package struct AutoencoderReport: Sendable, Codable {
    package var features: Int
    /// Active features an image; nil where the autoencoder has no such number.
    package var k: Int?
    /// On the held-out images, which training did not see.
    package var explainedVariance: Double
    package var l0: Double
    /// Share of features that no probe image activates.
    package var deadShare: Double
    package var seconds: Double
    /// Of an autoencoder of tokens, how an image's codes are made; it is measured on tokens of held-out images.
    package var pooling: CodePooling?
}

extension TargetLayer {
    /// Trains an autoencoder on the probe images' activations and makes it the study's. An interrupted training goes on
    /// where it stopped; the same parameters on the same data are not trained twice.
    @discardableResult
    package func trainAutoencoder(_ parameters: AutoencoderParameters, _ work: Work = Work()) throws
        -> AutoencoderReport
    {
        let (key, report) = try trained(parameters, work)
        try select(key)
        return report
    }

    /// The autoencoder that some parameters give, trained where it was not; the study keeps its own.
    func trainedAutoencoder(
        _ parameters: AutoencoderParameters, _ work: Work = Work()
    ) throws -> StudiedAutoencoder {
        let (key, _) = try trained(parameters, work)
        guard let autoencoder = try autoencoder(key) else { throw noAutoencoder }
        return StudiedAutoencoder(key: key, autoencoder: autoencoder)
    }

    /// What an autoencoder was trained with; nil where it was imported.
    func trainingParameters(ofAutoencoder key: Digest) throws -> AutoencoderParameters? {
        try store.autoencoderRun(key).flatMap {
            try? JSONDecoder().decode(AutoencoderParameters.self, from: $0.parameters)
        }
    }

    /// An autoencoder with these parameters, trained where it is not in the study yet; the study's own stays what it is.
    private func trained(
        _ parameters: AutoencoderParameters, _ work: Work
    ) throws -> (key: Digest, report: AutoencoderReport) {
        guard let pooled = try extraction(of: probe)?.activations else {
            throw WorkbenchError.notExtracted(study: folder.path)
        }
        let json = try Self.sortedJSON(parameters)
        let inputs = try parameters.tokens == nil ? activationKey(of: probe) : tokenKey(of: probe)
        let key = Digest("autoencoder", inputs, String(decoding: json, as: UTF8.self))
        if try store.autoencoderRun(key) != nil, let known = try keptAutoencoder(key) {
            do {
                _ = try autoencoder(key)
                return (key, known)
            } catch WorkbenchError.damagedFile {} catch WorkbenchError.missingFile {}
        }
        let data = try parameters.tokens.map { try tokenSample($0, seed: parameters.seed, work) } ?? pooled
        let clock = ContinuousClock()
        let began = clock.now
        let resting = try autoencoderFile("\(key).training.safetensors")
        let earlier = AutoencoderState(
            contentsOf: resting, key: key.description, features: parameters.features, width: data.columns)
        var saved = clock.now
        let start = earlier?.step ?? 0
        let state = try AutoencoderTraining(data, parameters: parameters).run(resuming: earlier) { progress, state in
            let elapsed = (clock.now - began) / .seconds(1)
            do {
                try work.advance(
                    WorkProgress(
                        progress, total: parameters.steps,
                        rate: elapsed > 0 ? Double(progress.step - start) / elapsed : nil))
            } catch {
                try state.write(to: resting, key: key.description)
                throw error
            }
            if clock.now - saved > .seconds(5) {
                try state.write(to: resting, key: key.description)
                saved = clock.now
            }
        }
        let autoencoder = state.autoencoder(layer: hookPoint.name, parameters: parameters)
        do {
            let report = try keep(
                autoencoder, key: key, parameters: json, k: parameters.k,
                seconds: { (clock.now - began) / .seconds(1) }, work)
            try? FileManager.default.removeItem(at: resting)
            return (key, report)
        } catch WorkbenchError.notFiniteCodes(let layer) {
            try? FileManager.default.removeItem(at: resting)
            throw WorkbenchError.diverged(layer: layer, rate: parameters.rate)
        }
    }

    /// Measures an autoencoder and stores it under `key`.
    func keep(
        _ autoencoder: SparseAutoencoder, key: Digest, parameters: Data, k: Int?, seconds: () -> Double, _ work: Work
    ) throws -> AutoencoderReport {
        let seconds = seconds()
        let (quality, deadShare) = try measure(StudiedAutoencoder(key: key, autoencoder: autoencoder), work)
        guard quality.explainedVariance.isFinite, quality.l0.isFinite else {
            throw WorkbenchError.notFiniteCodes(layer: hookPoint.name)
        }
        let report = AutoencoderReport(
            features: autoencoder.count, k: k, explainedVariance: quality.explainedVariance, l0: quality.l0,
            deadShare: deadShare, seconds: seconds, pooling: autoencoder.pooling)
        let name = "sae-\(key).safetensors"
        let file = try autoencoderFile(name)
        try autoencoder.write(to: file)
        try store.record(key, at: file)
        try store.store(
            AutoencoderRun(
                key: key, parameters: parameters, features: autoencoder.count, width: autoencoder.width,
                fileName: name, report: JSONEncoder().encode(report)))
        return report
    }

    /// How it describes held-out images, or their tokens, and the share of features that no probe image activates.
    private func measure(
        _ own: StudiedAutoencoder, _ work: Work
    ) throws -> (quality: AutoencoderQuality, deadShare: Double) {
        if own.autoencoder.pooling != nil {
            let quality = try measureTokens(own.autoencoder, work).quality
            let alive = Set(try tokenCodes(own, of: probe, work).indices).count
            return (quality, 1 - Double(alive) / Double(max(1, own.autoencoder.count)))
        }
        guard let probeData = try extraction(of: probe)?.activations, let heldOutData = try extraction(of: heldOut)
        else { throw WorkbenchError.notExtracted(study: folder.path) }
        let quality = own.autoencoder.quality(on: try pooled(heldOutData, of: heldOut))
        return (quality, own.autoencoder.quality(on: probeData).deadShare)
    }

    /// The study's autoencoder; nil where none was trained or imported.
    func autoencoder() throws -> StudiedAutoencoder? {
        guard let key = try chosenAutoencoder(), let autoencoder = try autoencoder(key) else { return nil }
        return StudiedAutoencoder(key: key, autoencoder: autoencoder)
    }

    /// Whether the study has features.
    package var hasAutoencoder: Bool { get throws { try chosenAutoencoder() != nil } }

    /// What was found of the study's autoencoder when it was trained or imported; nil where there is none.
    func autoencoderReport() throws -> AutoencoderReport? { try chosenAutoencoder().flatMap(keptAutoencoder) }

    /// The study's autoencoder, by its key; nil where none was trained or imported.
    private func chosenAutoencoder() throws -> Digest? {
        try store.document(named: documentName(Self.autoencoderName)).flatMap {
            try? JSONDecoder().decode(Digest.self, from: $0)
        }
    }

    /// An autoencoder in the study; nil where it is of another layer's width.
    ///
    /// - Throws: `missingFile` and `damagedFile`, with what makes it again.
    private func autoencoder(_ key: Digest) throws -> SparseAutoencoder? {
        guard let run = try store.autoencoderRun(key), run.width == hookPoint.width else { return nil }
        let remedy = remedy(for: run)
        guard let file = try store.verified(key, remedy: remedy) else {
            throw WorkbenchError.missingFile(file: try autoencoderFile(run.fileName).path, remedy)
        }
        return try SparseAutoencoder(contentsOf: file, features: run.features, width: run.width)
    }

    /// The command that makes an autoencoder again.
    private func remedy(for run: AutoencoderRun) -> Remedy {
        if let parameters = try? JSONDecoder().decode(AutoencoderParameters.self, from: run.parameters) {
            return .train(study: folder.path, reference, parameters)
        }
        let source = try? JSONDecoder().decode([String: String].self, from: run.parameters)
        return .importing(study: folder.path, reference, name: source?["file"] ?? "")
    }

    private func keptAutoencoder(_ key: Digest) throws -> AutoencoderReport? {
        guard let run = try store.autoencoderRun(key) else { return nil }
        return try JSONDecoder().decode(AutoencoderReport.self, from: run.report)
    }

    private static let autoencoderName = "autoencoder"

    /// Makes an autoencoder the study's.
    func select(_ key: Digest) throws {
        try store.keep(JSONEncoder().encode(key), as: documentName(Self.autoencoderName))
    }

    private func autoencoderFile(_ name: String) throws -> URL {
        guard let activations = store.activationsFolder else { throw WorkbenchError.notExtracted(study: folder.path) }
        return activations.appending(path: name)
    }

    static func sortedJSON(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(value)
    }
}

extension WorkProgress {
    init(_ progress: AutoencoderTraining.Progress, total: Int, rate: Double?) {
        self.init(phase: .autoencoder, completed: progress.step, total: total, rate: rate, loss: progress.loss)
        note = String(
            format: "explained variance %.3f  L0 %.1f  dead %.1f %%", progress.explainedVariance, progress.l0,
            100 * progress.deadShare)
    }
}

extension TargetLayer {
    /// The layer's size and the probe images' number, known before anything is extracted.
    package var layerFacts: (units: Int, probeImages: Int, tokens: Int) {
        get throws { (hookPoint.width, try probe.count, tokenCount) }
    }
}
