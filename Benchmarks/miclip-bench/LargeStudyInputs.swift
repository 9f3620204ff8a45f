import Files
import Foundation
import LinearAlgebra
import VisionModels
import Workbench

/// What a study of ImageNet's size is extracted from, made of seeded random numbers: 100,000 probe and 50,000 held-out
/// pictures of 16 x 16 in 1,000 class folders, a ViT of 2,048 units whose head tells the classes apart, 20,191 concepts.
struct LargeStudyInputs {
    let folder: URL
    private let classes = 1000
    private let width = 2048
    private let side = 16

    init(folder: URL) { self.folder = folder }

    private var model: URL { folder.appending(path: "model") }
    private var words: URL { folder.appending(path: "words.txt") }

    var plan: StudyPlan {
        let bundled = StudyPlan.bundled
        return StudyPlan(
            target: TargetPlan(model: model.path, layers: ["norm"]), conceptSpace: bundled.conceptSpace,
            probeImages: folder.appending(path: "probe").path, heldOutImages: folder.appending(path: "held-out").path,
            concepts: words.path)
    }

    func make() throws {
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        let prototypes = prototypes()
        for (role, count, seed) in [("probe", 100, 1), ("held-out", 50, 2)] {
            try pictures(of: prototypes, role, count, seed: UInt64(seed))
        }
        try writeModel(prototypes)
        let bundled = try TextList(Resources.resolve(StudyPlan.bundled.concepts)).texts
        let all = bundled + (0..<20_000).map { "word number \($0)" }
        try Data(all.joined(separator: "\n").utf8).write(to: words)
    }

    private func name(_ c: Int) -> String { "class number \(c)" }

    // MARK: Pictures

    /// Twenty groups of fifty like classes, so that some images are wrong and steering has something to do: [classes, pixels]
    private func prototypes() -> [[Float]] {
        var random = SeededGenerator(seed: 0)
        let pixels = side * side * 3
        let groups = (0..<20).map { _ in (0..<pixels).map { _ in Float.random(in: 40..<215, using: &random) } }
        return (0..<classes).map { c in groups[c / 50].map { $0 + 14 * random.nextNormal() } }
    }

    /// One picture of a class: RGB, from 0 to 255.
    private func picture(_ prototype: [Float], _ random: inout SeededGenerator) -> [UInt8] {
        prototype.map { UInt8(min(255, max(0, $0 + 40 * random.nextNormal()))) }
    }

    private func pictures(of prototypes: [[Float]], _ role: String, _ count: Int, seed: UInt64) throws {
        let failures = parallelMap(classes) { c -> (any Error)? in
            do {
                var random = SeededGenerator(seed: seed << 32 + UInt64(c))
                let place = folder.appending(path: "\(role)/\(name(c))")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                for i in 0..<count {
                    let file = place.appending(path: String(format: "%03d.bmp", i))
                    try bitmap(picture(prototypes[c], &random)).write(to: file)
                }
                return nil
            } catch { return error }
        }
        if let failure = failures.lazy.compactMap(\.self).first { throw failure }
    }

    /// A bitmap of 24 bits a pixel; a row's bytes divide by four.
    private func bitmap(_ pixels: [UInt8]) -> Data {
        func bytes(_ values: UInt32...) -> [UInt8] {
            values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        }
        var data = Data("BM".utf8) + bytes(UInt32(54 + pixels.count), 0, 54, 40, UInt32(side), UInt32(side))
        data += [1, 0, 24, 0] + bytes(0, UInt32(pixels.count), 2835, 2835, 0, 0)
        for row in (0..<side).reversed() {
            for column in 0..<side {
                for channel in [2, 1, 0] { data.append(pixels[3 * (row * side + column) + channel]) }
            }
        }
        return data
    }

    // MARK: Model

    /// One block with random weights; its head is the nearest class mean of what comes before it.
    private func writeModel(_ prototypes: [[Float]]) throws {
        let preprocessing =
            #"{"do_resize": true, "size": {"height": 16, "width": 16}, "resample": 2, "do_rescale": true, "#
            + #""rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "#
            + #""image_std": [0.5, 0.5, 0.5], "image_processor_type": "ViTImageProcessor"}"#
        try Data(preprocessing.utf8).write(to: model.appending(path: "preprocessor_config.json"))
        let body = body()
        try write(body, head: LinearHead.identity(width).weight, bias: Tensor([width]))
        let identity = try loadTargetModel(at: model)
        var random = SeededGenerator(seed: 3)
        let means = (0..<classes).map { c -> [Float] in
            let pixels = (0..<10).flatMap { _ in planes(picture(prototypes[c], &random)) }
            return identity.logits(Tensor([10, 3, side, side], pixels)).columnMeans()
        }
        let all = Tensor([classes, width], means.flatMap(\.self))
        let centre = all.columnMeans()
        let departures = Tensor([classes, width], means.flatMap { zip($0, centre).map { $0 - $1 } })
        let head = departures.normalized()
        let bias = (0..<classes).map { c -> Float in
            zip(head.row(c), zip(centre, departures.row(c))).reduce(0) { $0 - $1.0 * ($1.1.0 + 0.5 * $1.1.1) }
        }
        try write(body, head: head, bias: Tensor([classes], bias))
    }

    /// RGB from 0 to 255 as the model takes it: channels first, from -1 to 1.
    private func planes(_ pixels: [UInt8]) -> [Float] {
        (0..<3).flatMap { channel in (0..<side * side).map { Float(pixels[3 * $0 + channel]) / 127.5 - 1 } }
    }

    private func body() -> [(name: String, tensor: Tensor)] {
        var random = SeededGenerator(seed: 4)
        func normals(_ shape: Int...) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in 0.02 * random.nextNormal() })
        }
        func ones() -> Tensor { Tensor([width], Array(repeating: 1, count: width)) }
        let block = "vit.encoder.layer.0."
        var tensors: [(name: String, tensor: Tensor)] = [
            ("vit.embeddings.cls_token", normals(1, 1, width)),
            ("vit.embeddings.position_embeddings", normals(1, 2, width)),
            ("vit.embeddings.patch_embeddings.projection.weight", normals(width, 3, side, side)),
            ("vit.embeddings.patch_embeddings.projection.bias", Tensor([width])),
            (block + "intermediate.dense.weight", normals(64, width)),
            (block + "intermediate.dense.bias", Tensor([64])),
            (block + "output.dense.weight", normals(width, 64)), (block + "output.dense.bias", Tensor([width])),
        ]
        for part in ["attention.attention.query", "attention.attention.key", "attention.attention.value"]
            + ["attention.output.dense"]
        {
            tensors += [(block + part + ".weight", normals(width, width)), (block + part + ".bias", Tensor([width]))]
        }
        for part in [block + "layernorm_before", block + "layernorm_after", "vit.layernorm"] {
            tensors += [(part + ".weight", ones()), (part + ".bias", Tensor([width]))]
        }
        return tensors
    }

    private func write(_ body: [(name: String, tensor: Tensor)], head: Tensor, bias: Tensor) throws {
        let labels = (0..<head.rows).map { #""\#($0)": "\#(name($0))""# }.joined(separator: ", ")
        let settings =
            #"{"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": \#(width), "#
            + #""num_hidden_layers": 1, "num_attention_heads": 16, "intermediate_size": 64, "image_size": \#(side), "#
            + #""patch_size": \#(side), "num_channels": 3, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "#
            + #""qkv_bias": true, "id2label": {\#(labels)}}"#
        try Data(settings.utf8).write(to: model.appending(path: "config.json"))
        try SafetensorsFile.write(
            body + [("classifier.weight", head), ("classifier.bias", bias)], metadata: [:],
            to: model.appending(path: "model.safetensors"))
    }
}
