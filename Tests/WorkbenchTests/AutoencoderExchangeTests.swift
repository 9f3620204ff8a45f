import Analysis
import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Autoencoders of other programs; the goldens are made by Tests/Goldens/make_sae_goldens.py, those of SAELens with the
/// library itself.
@Suite struct AutoencoderExchangeTests {
    private static let goldens = Samples.root.appending(path: "Tests/Goldens/autoencoders")

    private func load(_ url: URL, _ x: Tensor) throws -> SparseAutoencoder {
        SparseAutoencoder(try AutoencoderFile(url, width: 12).contents, layer: "blocks.2", data: x)
    }

    @Test(
        "every layout and normalisation encodes and decodes as the program it comes from",
        arguments: [
            "standard", "standard-layer-norm", "topk", "topk-constant-norm", "topk-decoder-norm", "jumprelu", "gated",
            "standard-expected-average", "prisma/weights.safetensors", "openai/sae.safetensors",
        ])
    func goldens(name: String) throws {
        let url = Self.goldens.appending(path: name)
        let folder = url.pathExtension.isEmpty ? url : url.deletingLastPathComponent()
        let golden = try Checkpoint(folder.appending(path: "golden.safetensors"))
        let x = try golden.tensor("x")
        let autoencoder = try load(url, x)
        let codes = autoencoder.encode(x)
        assertClose(
            codes.dense(), try golden.tensor("features"), within: 1e-5, because: "float32 sums in another order")
        assertClose(
            autoencoder.decode(codes, of: x), try golden.tensor("output"), within: 1e-5,
            because: "float32 sums in another order")
    }

    @Test("what is exported in SAELens layout is what was imported", arguments: ["topk", "jumprelu", "gated"])
    func roundTrip(name: String) throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = Self.goldens.appending(path: name)
        let x = try Checkpoint(url.appending(path: "golden.safetensors")).tensor("x")
        let first = try load(url, x)
        try first.exportSAELens(to: folder, model: "small")
        #expect(try load(folder, x) == first)
        let (written, given) = (
            try Checkpoint(folder.appending(path: "sae_weights.safetensors")),
            try Checkpoint(url.appending(path: "sae_weights.safetensors"))
        )
        #expect(written.tensorNames == given.tensorNames)
        for tensor in given.tensorNames { #expect(try written.tensor(tensor) == given.tensor(tensor)) }
    }

    @Test("every architecture of SAELens, with every normalisation, with and without the bias taken from the input")
    func grid() throws {
        let place = Self.goldens.deletingLastPathComponent()
        let golden = try Checkpoint(place.appending(path: "autoencoder-grid.safetensors"))
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: place.appending(path: "autoencoder-grid.json")))
        let settings = try #require(json as? [String: [String: Any]])
        #expect(settings.count == 32)
        let x = try golden.tensor("x")
        for (name, setting) in settings {
            let folder = try Samples.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            try JSONSerialization.data(withJSONObject: setting).write(to: folder.appending(path: "cfg.json"))
            let weights = golden.tensorNames.filter { $0.hasPrefix(name + "/") }.map { $0.dropFirst(name.count + 1) }
            try SafetensorsFile.write(
                try weights.filter { $0 != "features" && $0 != "output" }.map {
                    (name: String($0), tensor: try golden.tensor("\(name)/\($0)"))
                }, to: folder.appending(path: "sae_weights.safetensors"))
            let autoencoder = try load(folder, x)
            let codes = autoencoder.encode(x)
            assertClose(
                codes.dense(), try golden.tensor(name + "/features"), within: 1e-5,
                because: "\(name): float32 sums in another order")
            assertClose(
                autoencoder.decode(codes, of: x), try golden.tensor(name + "/output"), within: 1e-5,
                because: "\(name): float32 sums in another order")
        }
    }

    /// Where MICLIP_SAE_EXPORTS names a folder the exports stay there, for check_sae_exports.py to load with SAELens.
    @Test("our own autoencoders come back from their export as they were", arguments: [false, true])
    func ownExport(isBatchTopK: Bool) throws {
        var generator = SeededGenerator(seed: 5)
        let directions = (0..<40).map { _ in (0..<12).map { _ in generator.nextNormal() } }
        let data = Tensor(
            [512, 12],
            (0..<512).flatMap { _ in
                let (a, b) = (directions[Int(generator.next() % 40)], directions[Int(generator.next() % 40)])
                return zip(a, b).map { 0.3 + 2 * $0 + $1 }
            })
        var parameters = AutoencoderParameters(features: 40, k: 4, steps: 200)
        (parameters.isBatchTopK, parameters.deadAfter) = (isBatchTopK, 512)
        let autoencoder = try AutoencoderTraining(data, parameters: parameters).run()
            .autoencoder(layer: "blocks.2", parameters: parameters)
        let kept = ProcessInfo.processInfo.environment["MICLIP_SAE_EXPORTS"].map { URL(filePath: $0) }
        let folder = (try kept ?? Samples.temporaryFolder()).appending(path: isBatchTopK ? "batch-topk" : "topk")
        defer { if kept == nil { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) } }
        try autoencoder.exportSAELens(to: folder, model: "small")
        let codes = autoencoder.encode(data)
        #expect(codes.values.count > 512)
        let output = autoencoder.decode(codes, of: data)
        try SafetensorsFile.write(
            [(name: "x", tensor: data), (name: "features", tensor: codes.dense()), (name: "output", tensor: output)],
            to: folder.appending(path: "golden.safetensors"))
        let back = try load(folder, data)
        #expect(back.encode(data) == codes && back.decode(codes, of: data) == output)
    }

    @Test("wrong files are refused by name: a pickle, another width, an unknown architecture, a missing tensor")
    func refusals() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let topk = Self.goldens.appending(path: "topk")
        #expect {
            _ = try AutoencoderFile(topk, width: 96)
        } throws: { error in
            guard case VisionModelsError.unsuitableSetting(_, "d_in", _, "12") = error else { return false }
            return true
        }
        let pickle = folder.appending(path: "weights.pt")
        try Data([0x80, 2]).write(to: pickle)
        #expect(throws: VisionModelsError.pickledAutoencoder(file: pickle.path, .endsTooSoon(at: 2))) {
            _ = try AutoencoderFile(pickle, width: 12)
        }
        #expect(throws: VisionModelsError.pickledAutoencoder(file: pickle.path, .endsTooSoon(at: 2))) {
            _ = try AutoencoderFile(folder, width: 12)
        }
        for (name, from, to) in [
            ("a", "\"topk\"", "\"matryoshka\""), ("b", "\"none\", \"reshape", "\"whitened\", \"reshape"),
        ] {
            let copy = folder.appending(path: name)
            try FileManager.default.copyItem(at: topk, to: copy)
            let settings = copy.appending(path: "cfg.json")
            let text = try String(contentsOf: settings, encoding: .utf8)
            #expect(text.contains(from))
            try text.replacingOccurrences(of: from, with: to).write(to: settings, atomically: true, encoding: .utf8)
            #expect {
                _ = try AutoencoderFile(copy, width: 12)
            } throws: { error in
                guard case VisionModelsError.unsuitableSetting = error else { return false }
                return true
            }
        }
        let gated = folder.appending(path: "gated")
        try FileManager.default.copyItem(at: Self.goldens.appending(path: "gated"), to: gated)
        let cfg = gated.appending(path: "cfg.json")
        try String(contentsOf: cfg, encoding: .utf8).replacingOccurrences(of: "\"gated\"", with: "\"jumprelu\"")
            .write(to: cfg, atomically: true, encoding: .utf8)
        #expect(throws: VisionModelsError.self) { _ = try AutoencoderFile(gated, width: 12) }
    }

    @Test("an autoencoder of another hook point is refused unless asked for")
    func hookPoints() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        let workbench = try TargetLayer.created(at: folder.appending(path: "h.study"), plan: plan)
        try workbench.extract()
        var generator = SeededGenerator(seed: 1)
        func random(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in 0.1 * generator.nextNormal() })
        }
        let foreign = SparseAutoencoder(
            layer: "blocks.1.hook_resid_post", encoder: random([120, 96]), encoderBias: random([120]).values,
            decoder: random([120, 96]), decoderBias: random([96]).values, activation: .topK(6))
        let place = folder.appending(path: "foreign")
        try foreign.exportSAELens(to: place, model: "other")
        #expect {
            try workbench.importAutoencoder(place)
        } throws: { error in
            guard case WorkbenchError.otherHookPoint(_, "norm", "blocks.1.hook_resid_post") = error else {
                return false
            }
            return true
        }
        let report = try workbench.importAutoencoder(place, ignoresHookPoint: true)
        #expect(report.features == 120 && report.k == 6)
        let features = try #require(workbench.prepare(features: true).space(.feature) as? FeatureSpace)
        #expect(features.autoencoder.encoder == foreign.encoder)
    }
}
