import Digests
import Files
import Foundation

/// A sparse autoencoder as others publish it: SAELens (`cfg.json`, `sae_weights.safetensors`), Prisma (`config.json`
/// and the same tensors, or both in one PyTorch file), PatchSAE (likewise), saev (a line of settings before PyTorch's
/// archive) or OpenAI (`encoder.weight`, `latent_bias`, `pre_bias`, `decoder.weight`, as safetensors).
package struct AutoencoderFile: Sendable {
    package enum Layout: String, Sendable, Codable {
        case saeLens = "SAELens", prisma = "Prisma", openAI = "OpenAI", saev = "saev", patchSAE = "PatchSAE"
    }

    package let file: String
    package let layout: Layout
    package let contents: AutoencoderContents
    /// Tensors in the file that take no part in encoding or decoding, in alphabetical order.
    package let ignoredTensors: [String]
    /// Of weights and settings.
    package let digest: Digest

    /// Reads `url`, a folder or the file of tensors in it.
    ///
    /// - Parameters:
    ///   - width: d, the units of the layer it is to work on.
    ///   - topK: k of an OpenAI file whose metadata do not tell it.
    /// - Throws: what is missing, misshapen, unused or beyond this program; nothing of a pickle is run.
    package init(_ url: URL, width: Int, topK: Int? = nil) throws(VisionModelsError) {
        let checkpoint = try Checkpoint(try Self.tensors(at: url))
        let folder = URL(filePath: checkpoint.file).deletingLastPathComponent()
        var weights = Weights(NamedTensors(checkpoint: checkpoint, names: .huggingFace))
        let settings: String
        if checkpoint.shape(of: "encoder.weight") != nil {
            layout = .openAI
            (contents, settings) = try OpenAIAutoencoder.read(checkpoint, &weights, width: width, topK: topK)
        } else if let told = checkpoint.settings, told.place == .heading {
            layout = .saev
            (contents, settings) = try SaevAutoencoder.read(checkpoint, &weights, told, width: width)
        } else if let told = checkpoint.settings, PatchSAE.isOf(told) {
            layout = .patchSAE
            (contents, settings) = try PatchSAE.read(checkpoint, &weights, told, width: width)
        } else {
            (layout, contents, settings) = try SAELens.read(checkpoint, &weights, folder: folder, width: width)
        }
        let idle = try checkpoint.idleTensors(of: contents.activation)
        try weights.finish(ignoring: idle.contains)
        (ignoredTensors, file) = (idle.sorted(), checkpoint.file)
        digest = Digest("autoencoder", checkpoint.digest(), settings, topK ?? 0)
    }

    /// A pickle will do where it has the tensors that all but OpenAI call alike; OpenAI's has settings that are not read.
    private static func readable(_ url: URL) throws(VisionModelsError) -> URL {
        guard pickles.contains(url.pathExtension.lowercased()) else { return url }
        guard let tensors = try? Checkpoint(url), tensors.shape(of: SAELens.Tensors.encoder) != nil else {
            throw .pickledAutoencoder(file: url.path, PickledCheckpoint(file: url)?.fault)
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
        let usual = url.appending(path: SAELens.weightsName)
        if names.contains(usual.lastPathComponent) { return usual }
        if let name = names.first(where: { $0.hasSuffix(".safetensors") }) { return url.appending(path: name) }
        if let pickle = names.first(where: { pickles.contains(URL(filePath: $0).pathExtension.lowercased()) }) {
            return try readable(url.appending(path: pickle))
        }
        throw .unreadable(file: usual.path, code: ENOENT)
    }
}

extension Checkpoint {
    /// Tensors that training leaves in a file and nothing reads: counters, a scale of ones, and in a gated autoencoder the
    /// bias of the others.
    fileprivate func idleTensors(of activation: AutoencoderContents.Activation) throws(VisionModelsError) -> Set<String>
    {
        var idle: Set = [
            "stats_last_nonzero", "num_batches_not_active", "n_forward_passes_since_fired", "act_freq_scores",
            "activation_frequencies",
        ]
        if isOfOnes(SAELens.Tensors.scale) { idle.insert(SAELens.Tensors.scale) }
        if case .gated = activation { idle.insert(SAELens.Tensors.encoderBias) }
        return idle.intersection(tensorNames)
    }

    func isOfOnes(_ name: String) -> Bool {
        guard let tensor = try? tensor(name) else { return false }
        return tensor.values.allSatisfy { $0 == 1 }
    }
}
