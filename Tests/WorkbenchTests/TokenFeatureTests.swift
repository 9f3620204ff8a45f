import Analysis
import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Features of an autoencoder of tokens, on real images. Tests/Goldens/make_token_goldens.py has what PyTorch makes of some.
@Suite("Features of tokens") struct TokenFeatureTests {
    private static let goldens = Samples.root.appending(path: "Tests/Goldens/token-features")
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    private func target(
        _ layer: String = "blocks.1", pooling: String = "cls", in name: String = "t.study"
    ) throws -> TargetLayer {
        var plan = try StudyPlan.small(in: folder)
        (plan.target.layers, plan.target.pooling) = ([layer], pooling)
        let target = try TargetLayer.created(at: folder.appending(path: name), plan: plan)
        try target.extract()
        return target
    }

    private static func parameters(_ pooling: CodePooling, steps: Int = 40) -> AutoencoderParameters {
        var parameters = AutoencoderParameters(features: 128, k: 6, steps: steps)
        (parameters.batch, parameters.deadAfter, parameters.rate) = (128, 2048, 2e-3)
        parameters.tokens = TokenSampling(perImage: 3, pooling: pooling)
        return parameters
    }

    /// All tokens of some images at a hook point, by the model itself: [images, T, d]
    private func tokens(_ file: String, _ images: [Int], at name: String = "blocks.1") throws -> Tensor {
        let model = try loadTargetModel(at: Samples.folder.appending(path: "target-vit"))
        let source = try openImages(at: folder.appending(path: "\(file)-images-idx3-ubyte"))
        let point = try #require(model.hookPoint(named: name))
        var tokens = Tensor([0])
        _ = model.logits(
            try source.pixels(images, as: model.preprocessing, for: model.input),
            hooks: Hooks(at: point) { tokens = $0 })
        return tokens
    }

    @Test(
        "their codes are pooled, and steering them edits every token and keeps the error, as in PyTorch",
        arguments: ["topk", "layer-norm"], ["cls", "mean"])
    func goldens(name: String, pooling: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(pooling: pooling)
        let golden = try Checkpoint(Self.goldens.appending(path: "\(name)/golden.safetensors"))
        for codes in CodePooling.allCases {
            try target.importAutoencoder(Self.goldens.appending(path: name), use: .tokens(codes))
            let study = try target.prepare(features: true)
            let features = try #require(study.space(.feature) as? FeatureSpace)
            assertClose(
                features.probe.codes.rows(at: Array(0..<12)).dense(), try golden.tensor("codes.\(codes.rawValue)"),
                within: 1e-4, because: "float32 sums over two blocks and 96 units, in another order")
            let cases: [(String, [String], Operator, Double)] = [
                ("logits.scaled", ["f3", "f17", "f40"], .scaling, 4), ("logits.added", ["f8", "f30"], .adding, 1.5),
                ("logits", ["f3"], .scaling, 1),
            ]
            for (key, units, kind, beta) in cases {
                let steering = Steering(
                    [Intervention(units: try units.map { try study.unit($0) }, operator: kind, beta: beta)], moving: 0)
                let found = try study.editedLogits(Array(0..<12), steering)
                var mixed = steering
                mixed.interventions[0].units.append(try study.unit("5+"))
                #expect(throws: WorkbenchError.mixedUnits(layer: study.encoder.layer)) {
                    _ = try study.editedLogits(Array(0..<12), mixed)
                }
                assertClose(
                    found, try golden.tensor(key), within: 1e-3,
                    because: "\(key): float32 through four blocks; the edits move logits by 0.17 and more")
            }
        }
    }

    @Test("a heat map's greatest place is the image's code, and with the mean its mean is")
    func heatMaps() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target("blocks.2")
        for pooling in CodePooling.allCases {
            try target.trainAutoencoder(Self.parameters(pooling))
            let study = try target.prepare(features: true)
            let features = try #require(study.space(.feature) as? FeatureSpace)
            let unit = try #require(
                features.units.max { features.probe.density($0.index) < features.probe.density($1.index) })
            let column = features.probe.column(unit.index)
            try study.heatMaps(of: unit, images: [3, 200, 511]) { map in
                let codes = map.values + map.others
                #expect(codes.count == 17)
                let pooled = pooling == .max ? codes.max()! : codes.reduce(0, +) / 17
                assertClose(map.pooled, pooled, within: 1e-5, because: "a mean is added in another order")
                assertClose(column[map.image], map.pooled, within: 1e-4, because: "another batch of the same pass")
            }
            #expect(column.contains { $0 > 0 })
        }
    }

    @Test("the sample is of tokens of every image, none twice, the seed's own, and kept")
    func sample() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target("blocks.2")
        var seen: Set<URL> = []
        func drawn(_ seed: UInt64) throws -> [[Float]] {
            var parameters = Self.parameters(.max, steps: 1)
            parameters.seed = seed
            try target.trainAutoencoder(parameters)
            let files = try FileManager.default.contentsOfDirectory(
                at: target.folder.appending(path: "activations"), includingPropertiesForKeys: nil)
            let samples = try files.compactMap { url -> (URL, Tensor)? in
                guard url.pathExtension == "safetensors", let file = try? Checkpoint(url),
                    file.shape(of: "activations") == [512, 3, 96]
                else { return nil }
                return (url, try file.tensor("activations"))
            }
            #expect(samples.count == Int(seed) + 1, "one for each seed")
            let fresh = try #require(samples.first { !seen.contains($0.0) })
            seen.insert(fresh.0)
            return (0..<1536).map { fresh.1.reshaped([1536, 96]).rows($0..<$0 + 1).values }
        }
        let (first, second) = (try drawn(0), try drawn(1))
        #expect(first != second)
        let images = [0, 1, 100, 511]
        let all = try tokens("train10k", images, at: "blocks.2")
        for (position, image) in images.enumerated() {
            let own = (0..<17).map { all.rows(position * 17 + $0..<position * 17 + $0 + 1).values }
            let places = first[image * 3..<image * 3 + 3].map { row in
                own.indices.min { distance(own[$0], row) < distance(own[$1], row) }!
            }
            #expect(Set(places).count == 3, "three different tokens")
            for (place, row) in zip(places, first[image * 3..<image * 3 + 3]) {
                assertClose(own[place], row, within: 1e-4, because: "another batch of the same pass")
            }
        }
    }

    private func distance(_ a: [Float], _ b: [Float]) -> Float {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    @Test("they answer every verb, and what they cannot is an error that says so")
    func verbs() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target("blocks.2", pooling: "mean")
        let report = try target.trainAutoencoder(Self.parameters(.max, steps: 120))
        #expect(report.pooling == .max && report.explainedVariance > 0.5 && report.l0 <= 6 && report.deadShare < 0.9)
        #expect(
            try target.trainAutoencoder(Self.parameters(.max, steps: 120)).seconds == report.seconds, "trained once")
        let study = try target.prepare(features: true)
        let found = try study.locate("sandal", units: .feature)
        #expect(found.units.count == 128)
        let best = found.units[0].unit
        #expect(try study.describe(best, count: 3).concepts.count == 3)
        #expect(try study.profile(best).feature != nil)
        #expect(throws: WorkbenchError.noAttribution(layer: "blocks.2")) {
            try study.locate("sandal", ranking: .attribution, units: .feature)
        }
        let scores = try #require(try study.scoredDescriptions(.feature))
        #expect(scores.count == 128)
        // A probe head reads the mean, which no feature of a token is.
        let probed = try target.reading(by: .probe).prepare(features: true)
        let steering = Steering([Intervention(units: [best], operator: .scaling, beta: 2)], moving: 0)
        #expect(throws: WorkbenchError.tokensBehindPooling(layer: "blocks.2", pooling: "mean")) {
            _ = try probed.outcome(of: steering, target: 0)
        }
        #expect(throws: WorkbenchError.noTokens(layer: "logits", isImported: false)) {
            let logits = try self.target("logits", in: "l.study")
            try logits.trainAutoencoder(Self.parameters(.max))
        }
    }

    @Test("behind a class token that a formula follows, the edit of the class token is the edit of all")
    func classToken() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target("norm")
        try target.trainAutoencoder(Self.parameters(.max))
        let study = try target.prepare(features: true)
        #expect(try study.heldOut.remainder.kind == .linear)
        let features = try #require(study.space(.feature) as? FeatureSpace)
        let model = try loadTargetModel(at: Samples.folder.appending(path: "target-vit"))
        let point = try #require(model.hookPoint(named: "norm"))
        var tokens = try tokens("t10k", Array(0..<8), at: "norm")
        let shape = tokens.shape
        let heldOut = try study.heldOut
        let active = features.autoencoder.encode(heldOut.activations.rows(0..<8)).indices
        let unit = features.unit(Int(try #require(active.first)))
        let steering = Steering([Intervention(units: [unit], operator: .scaling, beta: 3)], moving: 0)
        tokens = tokens.reshaped([8 * 17, 96])
        features.autoencoder.apply(steering, to: &tokens, rows: Array(0..<8 * 17))
        assertClose(
            try study.editedLogits(Array(0..<8), steering), model.logits(resumingFrom: point, tokens.reshaped(shape)),
            within: 1e-4,
            because: "the same head on the same class token")
    }

    @Test("tokens that a study keeps are the model's, and serve in its place; so do imported ones")
    func kept() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = try StudyPlan.small(in: folder)
        plan.target.layers = ["norm"]
        let own = try TargetLayer.created(at: folder.appending(path: "own.study"), plan: plan)
        try own.extract()
        plan.target.keepsTokens = true
        let keeping = try TargetLayer.created(at: folder.appending(path: "kept.study"), plan: plan)
        try keeping.extract()
        let files = try FileManager.default.contentsOfDirectory(
            at: keeping.folder.appending(path: "activations"), includingPropertiesForKeys: nil)
        func stored(_ images: Int) throws -> Tensor {
            try #require(
                try files.lazy.map { try Checkpoint($0) }.first { $0.shape(of: "activations") == [images, 17, 96] }
            ).tensor("activations")
        }
        let (probe, heldOut) = (try stored(512), try stored(384))
        let all = try tokens("train10k", Array(0..<64), at: "norm")
        assertClose(
            probe.rows(0..<64 * 17).reshaped(all.shape), all, within: 1e-5, because: "another batch of the same pass")

        for (name, tensor) in [("probe", probe), ("held-out", heldOut)] {
            try SafetensorsFile.write(
                [(name: "activations", tensor: tensor)], to: folder.appending(path: name + ".safetensors"))
        }
        var importing = ImportPlan(
            layer: "norm", files: [folder.appending(path: "probe.safetensors")],
            heldOut: [folder.appending(path: "held-out.safetensors")])
        (importing.model, importing.pooling) = ("pooled", "cls")
        _ = try Study.importLayer(importing, into: own.folder)
        importing.model = "whole"
        importing.keepsTokens = true
        _ = try Study.importLayer(importing, into: own.folder)
        let study = try Study(opening: own.folder)
        #expect(throws: WorkbenchError.noTokens(layer: "norm", isImported: true)) {
            try study.layer("norm", model: "pooled").trainAutoencoder(Self.parameters(.mean))
        }
        let whole = try study.layer("norm", model: "whole")
        var codes: [Tensor] = []
        for layer in [own, keeping, whole] {
            try layer.trainAutoencoder(Self.parameters(.mean, steps: 10))
            let features = try #require(layer.prepare(features: true).space(.feature) as? FeatureSpace)
            codes.append(features.probe.codes.dense())
        }
        #expect(codes[1] == codes[2], "the very same numbers")
        let (error, size) = zip(codes[0].values, codes[1].values).reduce((0, 0)) { sums, pair in
            (sums.0 + abs(pair.0 - pair.1), sums.1 + abs(pair.1))
        }
        // Ten steps of Adam carry the last bits of other batches on, and now and then another feature wins.
        #expect(error < 0.02 * size)
    }

    @Test("an autoencoder that is off its distribution is taken, and said to be")
    func notices() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target("blocks.2")
        func notices(_ use: AutoencoderUse?) throws -> [AutoencoderNotice] {
            var notices: [AutoencoderNotice] = []
            let report = try target.importAutoencoder(
                Self.goldens.appending(path: "topk"), use: use, ignoresHookPoint: true, noticing: { notices.append($0) }
            )
            #expect(
                notices.contains(.poor(explainedVariance: report.explainedVariance)), "random weights explain nothing")
            return notices
        }
        #expect(try notices(nil).count == 1 && notices(.tokens(.mean)).count == 1)
        let settings = Self.goldens.appending(path: "topk/cfg.json")
        let copy = folder.appending(path: "patches")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.goldens.appending(path: "topk/sae_weights.safetensors"),
            to: copy.appending(path: "sae_weights.safetensors"))
        try String(contentsOf: settings, encoding: .utf8)
            .replacingOccurrences(
                of: "\"normalize_activations\": \"none\"",
                with:
                    "\"normalize_activations\": \"expected_average_only_in\", \"norm_scaling_factor\": 9, \"use_patches_only\": true"
            )
            .write(to: copy.appending(path: "cfg.json"), atomically: true, encoding: .utf8)
        var found: [AutoencoderNotice] = []
        let told = try target.importAutoencoder(copy, ignoresHookPoint: true, noticing: { found.append($0) })
        #expect(told.pooling == .max, "it says that it was trained on patches")
        #expect(
            found.contains {
                if case .otherNorm(let trained, _) = $0 { abs(trained - 96.squareRoot() / 9) < 1e-5 } else { false }
            })
        found = []
        try target.importAutoencoder(copy, use: .images, ignoresHookPoint: true, noticing: { found.append($0) })
        #expect(found.contains(.otherInputs(trained: "patches", applied: "the images' vectors (cls)")))
    }
}
