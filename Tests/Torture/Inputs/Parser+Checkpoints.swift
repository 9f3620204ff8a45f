import Files
import Foundation
import LinearAlgebra
import TestSupport
import VisionModels

extension Parser {
    /// Files of tensors.
    static func tensors() throws -> [Parser] {
        let pickles = try FileManager.default
            .contentsOfDirectory(at: golden("pickles"), includingPropertiesForKeys: nil)
            .filter { ["pt", "pth", "ckpt"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
        let parts = [
            "autoencoders/standard/sae_weights.safetensors", "autoencoders/gated/sae_weights.safetensors",
            "pickles/expected.safetensors",
        ]
        let index = golden("layouts/hf-vit-sharded")
        let shards = try (1...3).map { try Sample(index.appending(path: "model-0000\($0)-of-00003.safetensors")) }
        return [
            Parser(
                name: "safetensors", share: 80, samples: try parts.map { try Sample(golden($0)) },
                words: ["\"F32\"", "\"BF16\"", "\"shape\":[0,0]", "\"data_offsets\":[0,0]", "\"__metadata__\":{}"],
                prepare: reading("a.safetensors")),
            Parser(
                name: "PyTorch files", share: 100, samples: try pickles.map { try Sample($0) },
                refused: ["script.pt", "evil.pt", "view.pt"],
                words: ["PK\u{3}\u{4}", "PK\u{1}\u{2}", "ctorch._utils\n_rebuild_tensor_v2\n", "archive/data/0"],
                prepare: reading("a.pt")),
            Parser(
                name: "index of several files", share: 30,
                samples: [try Sample(index.appending(path: "model.safetensors.index.json"))],
                prepare: { scratch in
                    for shard in shards { scratch.replace(shard.name, with: shard.bytes) }
                    return { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        _ = try Checkpoint(scratch.file(sample.name))
                    }
                }),
        ]
    }

    private static func reading(_ name: String) -> @Sendable (ScratchFolder) throws -> (Sample, [UInt8]) throws -> Void
    {
        { scratch in
            { _, bytes in
                scratch.replace(name, with: bytes)
                let checkpoint = try Checkpoint(scratch.file(name))
                for tensor in checkpoint.tensorNames {
                    switch checkpoint.elementType(of: tensor) {
                    case .float32, .float16, .bfloat16, .float64: _ = try checkpoint.tensor(tensor).values.last
                    case .int64, .int32, .uint8: _ = try checkpoint.integers(tensor)
                    default: break
                    }
                }
            }
        }
    }

    /// The settings beside a model's weights, of every layout; and those of its preprocessing.
    static func settings() throws -> [Parser] {
        let layouts = [
            "hf-clip", "hf-vit-state", "timm-vit", "openai-clip", "torchvision-resnet-basic",
            "torchvision-resnet-bottleneck", "open-clip",
        ]
        @Sendable func configuration(_ layout: String) -> String {
            layout == "open-clip" ? "open_clip_config.json" : "config.json"
        }
        let processor = try Sample(Samples.folder.appending(path: "target-vit/preprocessor_config.json"))
        return [
            Parser(
                name: "model settings", share: 50,
                samples: try layouts.map { layout in
                    let file = try Sample(golden("layouts/\(layout)/\(configuration(layout))"))
                    return Sample(name: layout, bytes: file.bytes)
                },
                words: ["\"hidden_act\":\"relu\",", "\"num_attention_heads\":0,", "\"image_size\":[4,4],"],
                prepare: { scratch in
                    for layout in layouts { try link(golden("layouts/\(layout)"), as: layout, in: scratch) }
                    return { sample, bytes in
                        let file = "\(sample.name)/\(configuration(sample.name))"
                        scratch.replace(file, with: bytes)
                        let found = try ModelInspection(ModelLocation(scratch.file(sample.name)))
                        if found.problem != nil { throw Refusal() }
                    }
                }),
            Parser(
                name: "preprocessing", share: 30,
                samples: [
                    processor,
                    Sample(
                        "preprocessor_config.json",
                        "{\"image_mean\": [0.5], \"image_std\": [0.25], \"size\": {\"height\": 28, \"width\": 28}, "
                            + "\"resample\": 2, \"do_center_crop\": true, \"crop_size\": 28, \"rescale_factor\": 0.004}"
                    ),
                ],
                prepare: { scratch in
                    let picture = RawImage(shape: ImageShape(channels: 3, height: 7, width: 9), bytes: Array(0..<189))
                    return { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        for layout in Preprocessing.SettingsLayout.allCases {
                            let input = ImageShape(channels: 3, height: 28, width: 28)
                            guard
                                let found = try? Preprocessing(
                                    settings: scratch.file(sample.name), layout: layout, for: input)
                            else { continue }
                            guard found.inputShape(of: picture.shape) == input else { continue }
                            var pixels = [Float](repeating: 0, count: input.count)
                            pixels.withUnsafeMutableBufferPointer { found.write(picture, to: $0) }
                        }
                    }
                }),
        ]
    }

    /// A folder of links to another's files.
    private static func link(_ folder: URL, as name: String, in scratch: ScratchFolder) throws {
        let target = scratch.file(name)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.lastPathComponent != "expected.safetensors" {
            try FileManager.default.createSymbolicLink(
                at: target.appending(path: file.lastPathComponent), withDestinationURL: file)
        }
    }

    /// Published autoencoders of every kind: their settings and their tensors.
    static func autoencoders() throws -> [Parser] {
        let kinds = try FileManager.default.contentsOfDirectory(atPath: golden("autoencoders").path).sorted()
        var samples: [Sample] = []
        for kind in kinds {
            for name in [
                "cfg.json", "config.json", "sae_weights.safetensors", "weights.safetensors", "sae.safetensors",
            ] {
                let file = golden("autoencoders/\(kind)/\(name)")
                guard let bytes = try? Data(contentsOf: file) else { continue }
                samples.append(Sample(name: "\(kind)/\(name)", bytes: [UInt8](bytes)))
            }
        }
        let whole = samples
        return [
            Parser(
                name: "autoencoders", share: 60, samples: samples,
                words: ["\"architecture\":\"gated\",", "\"activation_fn\":\"topk\",", "\"k\":0,", "\"d_sae\":1,"],
                prepare: { scratch in
                    for kind in kinds {
                        try FileManager.default.createDirectory(
                            at: scratch.file(kind), withIntermediateDirectories: true)
                    }
                    for sample in whole { scratch.replace(sample.name, with: sample.bytes) }
                    var widths: [String: Int] = [:]
                    for sample in whole where sample.name.hasSuffix(".safetensors") {
                        let checkpoint = try Checkpoint(scratch.file(sample.name))
                        let kind = String(sample.name.prefix { $0 != "/" })
                        widths[kind] = checkpoint.shape(of: "W_enc")?[0] ?? checkpoint.shape(of: "encoder.weight")?[1]
                    }
                    let known = widths
                    return { sample, bytes in
                        let kind = String(sample.name.prefix { $0 != "/" })
                        scratch.replace(sample.name, with: bytes)
                        defer {
                            if let own = whole.first(where: { $0.name == sample.name }) {
                                scratch.replace(sample.name, with: own.bytes)
                            }
                        }
                        let file = try AutoencoderFile(scratch.file(kind), width: known[kind] ?? 0, topK: 4)
                        guard (file.contents.encoder.values + file.contents.decoder.values).allSatisfy(\.isFinite)
                        else {
                            throw Fault("weights that are not finite")
                        }
                    }
                })
        ]
    }
}
