import Analysis
import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Layers that no classifier follows, or that are read otherwise than by it, on 896 real images.
@Suite struct ReaderStudyTests {
    private let folder: URL
    private let small: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        small = try .small(in: folder)
    }

    /// The sample's target model without its classifier, and what that was.
    private func headless() throws -> (model: URL, weight: Tensor, bias: Tensor) {
        let (from, to) = (Samples.folder.appending(path: "target-vit"), folder.appending(path: "headless"))
        try FileManager.default.createDirectory(at: to, withIntermediateDirectories: true)
        let all = try Checkpoint(from.appending(path: "model.safetensors"))
        let kept = try all.tensorNames.filter { !$0.hasPrefix("classifier") }
            .map { (name: $0, tensor: try all.tensor($0)) }
        try SafetensorsFile.write(kept, to: to.appending(path: "model.safetensors"))
        let config = try String(contentsOf: from.appending(path: "config.json"), encoding: .utf8)
            .replacing("ViTForImageClassification", with: "ViTModel")
        try Data(config.utf8).write(to: to.appending(path: "config.json"))
        try FileManager.default.copyItem(
            at: from.appending(path: "preprocessor_config.json"), to: to.appending(path: "preprocessor_config.json"))
        return (to, try all.tensor("classifier.weight"), try all.tensor("classifier.bias"))
    }

    private func plan(_ model: URL, layer: String = "norm") -> StudyPlan {
        var plan = small
        plan.target = TargetPlan(model: model.path, layers: [layer])
        return plan
    }

    /// 512 pictures of one folder, without labels.
    private func unlabelled(_ idx: String, _ name: String) throws -> String {
        let place = folder.appending(path: name)
        try FileManager.default.copyItem(at: URL(filePath: idx), to: place)
        return place.path
    }

    @Test("a model without a classifier is read by a probe head, which is named, and its curves are exact")
    func probeHead() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (model, _, _) = try headless()
        let layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan(model)).prepare()
        let facts = try layer.facts
        #expect(facts.reader == .probe && facts.remainder == .linear && facts.classes.count == 10)
        #expect(facts.accuracy > 0.7, "512 labelled images: \(facts.accuracy)")
        let units = Array(try layer.locate("boot").units.prefix(10).map(\.unit))
        let curve = try layer.curve(units: units, operator: .scaling, target: 9)
        for beta in [-1.0, 0, 0.5, 2] {
            let outcome = try layer.outcome(
                of: Intervention(units: units, operator: .scaling, beta: beta), target: 9)
            #expect(curve.accuracy(at: beta) == outcome.after)
        }
        // Every ranking works on it, attribution through the head.
        for ranking in Ranking.allCases {
            #expect(try layer.locate("boot", ranking: ranking).units.count == (ranking == .cosine ? 192 : 96))
        }
        let info = try Study(opening: folder.appending(path: "a.study")).info()
        #expect(info.layers[0].reader == .probe)
        #expect(info.layers[0].probeHead?.images == 512 && (info.layers[0].probeHead?.neighbours ?? 0) > 0.5)
        #expect(info.layers[0].accuracy == facts.accuracy)
    }

    @Test("with the classifier's own weights as a head of a file, answers are the whole model's")
    func headOfFile() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (model, weight, bias) = try headless()
        let head = folder.appending(path: "head.safetensors")
        try SafetensorsFile.write([("weight", weight), ("bias", bias)], to: head)
        var plan = plan(model)
        plan.target.head = head.path
        let layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan).prepare()
        let whole = try TargetLayer.created(at: folder.appending(path: "whole.study"), plan: small).prepare()
        #expect(try layer.facts.reader == .head)
        #expect(try layer.heldOut.unedited == whole.heldOut.unedited)
        #expect(try layer.facts.accuracy == whole.facts.accuracy)
        // The study keeps the head.
        try FileManager.default.removeItem(at: head)
        let again = try TargetLayer.opened(at: folder.appending(path: "a.study")).prepare()
        #expect(try again.heldOut.unedited == whole.heldOut.unedited)
        try SafetensorsFile.write([("weight", Tensor([10, 5])), ("bias", bias)], to: head)
        #expect(
            throws: WorkbenchError.unsuitableHead(
                file: head.path, array: "weight", expected: "[10, 96]", found: "[10, 5]")
        ) { try TargetLayer.created(at: folder.appending(path: "b.study"), plan: plan) }
    }

    @Test("a deep layer of a whole model can be read by a probe head beside it")
    func besideTheModel() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = small
        (plan.target.layers, plan.target.pooling) = (["blocks.1"], "cls")
        let own = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan)
        let model = try own.prepare()
        let probe = try own.reading(by: .probe).prepare()
        #expect(try model.facts.remainder == .resumed && probe.facts.remainder == .linear)
        #expect(try model.facts.reference != probe.facts.reference)
        #expect(try model.facts.reference == probe.facts.reference.place)
        #expect(try probe.facts.accuracy > 0.5 && probe.facts.accuracy != model.facts.accuracy)
        #expect(try probe.heldOut.activations.shape == [384, 96] && model.heldOut.activations.shape.count == 3)
        #expect(probe.encoder != model.encoder, "each is aligned with what its own reader predicts")
        // Found again by its reference, and whether it can be had is known without it.
        let study = try Study(opening: folder.appending(path: "a.study"))
        #expect(try study.layerFacts()[0].offersProbeHead)
        #expect(try study.layer(probe.facts.reference).prepare().heldOut.unedited == probe.heldOut.unedited)
    }

    @Test("without classifier, labels or head everything but steering works, and one line says what is missing")
    func nobody() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (model, _, _) = try headless()
        var plan = plan(model)
        plan.probeImages = try unlabelled(plan.probeImages, "some-idx3-ubyte")
        plan.heldOutImages = try unlabelled(plan.heldOutImages, "others-idx3-ubyte")
        let target = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan)
        let layer = try target.prepare()
        let facts = try layer.facts
        #expect(facts.reader == .none && facts.remainder == .none && facts.heldOutImages == 384)
        let found = try layer.locate("boot")
        #expect(found.units.count == 96)
        #expect(try layer.describe(found.units[0].unit, count: 3).concepts.count == 3)
        #expect(try layer.profile(found.units[0].unit).mostActivating.count == 20)
        #expect(try layer.summaries().count == 192)
        #expect(try layer.locate("boot", ranking: .cosine).units.count == 192)
        let line = WorkbenchError.noAnswers(layer: "norm")
        #expect(throws: line) { try layer.locate("boot", ranking: .rivals) }
        #expect(throws: WorkbenchError.noAttribution(layer: "norm")) {
            try layer.locate("boot", ranking: .attribution)
        }
        #expect(throws: WorkbenchError.notCounted(layer: "norm")) {
            try layer.outcome(
                of: Intervention(units: [found.units[0].unit], operator: .scaling, beta: 0), target: 0)
        }
        #expect(throws: (any Error).self) { try target.reading(by: .probe) }
        let info = try target.info()
        #expect(info.reader == .none && info.accuracy == nil && info.isAligned)
    }
}
