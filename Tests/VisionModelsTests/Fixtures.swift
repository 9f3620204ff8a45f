import Foundation
import LinearAlgebra
import Testing
import VisionModels

/// The root of the package.
let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
let samples = packageFolder.appending(path: "SampleData")

/// A folder for one test, gone after it.
final class ScratchFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "miclip-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appending(path: name) }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> URL {
        try Data(bytes).write(to: file(name))
        return file(name)
    }

    /// Puts other bytes in a file's place, as fast as the system does it; what is mapped of the old file stays as it was.
    func replace(_ name: String, with bytes: [UInt8]) {
        unlink(file(name).path)
        let descriptor = open(file(name).path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count && close(descriptor) == 0, "\(name) cannot be written")
    }

    func write(_ text: String, to name: String) throws -> URL { try write(text.utf8, to: name) }

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }
}

/// SplitMix64 (Steele et al. 2014): small, and the same everywhere.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func tensor(_ shape: [Int], within bound: Float = 1) -> Tensor {
        let count = shape.reduce(1, *)
        return Tensor(shape, (0..<count).map { _ in Float.random(in: -bound...bound, using: &self) })
    }
}

/// The bytes of a safetensors file with this header and this much data.
func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + data
}

/// A ViT of two blocks, width 8, two heads, on 4x4 grey images in patches of 2, with random weights; and what a folder of it
/// needs. Change a part before `write` to see it refused.
struct TinyViT {
    var configuration: [String: String] = [
        "model_type": "\"vit\"", "image_size": "4", "patch_size": "2", "num_channels": "1", "hidden_size": "8",
        "num_hidden_layers": "2", "num_attention_heads": "2", "intermediate_size": "12",
        "id2label": "{\"0\": \"left\", \"1\": \"right\", \"2\": \"up\"}",
    ]
    var preprocessor = "{\"image_mean\": [0.5], \"image_std\": [0.25]}"
    var tensors: [(name: String, tensor: Tensor)] = []

    init(seed: UInt64 = 1) {
        var random = Seeded(state: seed)
        var shapes: [(String, [Int])] = [
            ("vit.embeddings.cls_token", [1, 1, 8]), ("vit.embeddings.position_embeddings", [1, 5, 8]),
            ("vit.embeddings.patch_embeddings.projection.weight", [8, 1, 2, 2]),
            ("vit.embeddings.patch_embeddings.projection.bias", [8]), ("vit.layernorm.weight", [8]),
            ("vit.layernorm.bias", [8]), ("classifier.weight", [3, 8]), ("classifier.bias", [3]),
        ]
        for block in 0..<2 {
            let name = "vit.encoder.layer.\(block)."
            let linears: [(String, Int, Int)] = [
                ("attention.attention.query", 8, 8), ("attention.attention.key", 8, 8),
                ("attention.attention.value", 8, 8), ("attention.output.dense", 8, 8),
                ("intermediate.dense", 12, 8), ("output.dense", 8, 12),
            ]
            for (part, outputs, inputs) in linears {
                shapes += [(name + part + ".weight", [outputs, inputs]), (name + part + ".bias", [outputs])]
            }
            for part in ["layernorm_before", "layernorm_after"] {
                shapes += [(name + part + ".weight", [8]), (name + part + ".bias", [8])]
            }
        }
        tensors = shapes.map { (name: $0.0, tensor: random.tensor($0.1)) }
    }

    /// Writes the folder's files and returns the folder.
    func write(to scratch: ScratchFolder) throws -> URL {
        let members = configuration.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
        _ = try scratch.write("{\(members)}", to: "config.json")
        _ = try scratch.write(preprocessor, to: "preprocessor_config.json")
        try Checkpoint.write(tensors, to: scratch.file("model.safetensors"))
        return scratch.url
    }

    /// The model, as loaded from a folder of its own.
    func load() throws -> any TargetModel {
        let scratch = try ScratchFolder()
        return try withExtendedLifetime(scratch) { try loadTargetModel(at: write(to: scratch)) }
    }
}
