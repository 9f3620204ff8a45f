import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// The root of the package.
let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
let samples = packageFolder.appending(path: "SampleData")

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
        var random = SeededRandom(seed: seed)
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
        try SafetensorsFile.write(tensors, to: scratch.file("model.safetensors"))
        return scratch.url
    }

    /// The model, as loaded from a folder of its own.
    func load() throws -> any TargetModel {
        let scratch = try ScratchFolder()
        return try withExtendedLifetime(scratch) { try loadTargetModel(at: write(to: scratch)) }
    }
}
