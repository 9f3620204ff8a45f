import Analysis
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing
import VisionModels
import Workbench

/// Two layers of one study, on 896 real images.
@Suite struct ComparisonStudyTests {
    @Test("a layer beside itself: every neuron is its own pair, every concept is kept, no curve differs")
    func itself() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: .small(in: folder)).prepare()
        let request = ComparisonRequest(first: layer.place, second: layer.place, concepts: ["shirt"])
        let found = try layer.comparison(with: layer, request)
        #expect(found.unmoved == 96 && found.pairs.count == 96 && found.meanCorrelation > 0.9999)
        #expect(found.count(.kept) == found.moves.count && !found.moves.isEmpty)
        #expect(found.chance > 0 && found.chance < 0.5)
        let curve = try #require(found.curves.first)
        #expect(curve.class == "shirt" && curve.points.map(\.beta) == [0, 0.5, 1, 1.5, 2])
        let units = try layer.locate("shirt").units.map(\.unit).distinctNeurons.prefix(20)
        let exact = try layer.curve(units: Array(units), operator: .scaling, target: 6)
        for point in curve.points {
            #expect(point.difference == 0 && point.others == 0 && point.first == point.second)
            #expect(
                abs(exact.accuracy(at: point.beta).ofClass - Double(point.first) / Double(curve.images)) < 1e-9)
        }
    }

    @Test("features of a layer beside themselves, and a layer beside one that is run again from the middle")
    func featuresAndDepth() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = try StudyPlan.small(in: folder)
        plan.target.layers = ["norm", "blocks.1"]
        let study = try Study(creating: folder.appending(path: "a.study"), plan: plan)
        let target = try study.layer("norm")
        _ = try target.prepare()
        var parameters = AutoencoderParameters(features: 192, k: 8, steps: 60)
        (parameters.batch, parameters.deadAfter, parameters.rate) = (128, 512, 2e-3)
        try target.trainAutoencoder(parameters)
        let layer = try target.prepare(features: true)
        let features = try layer.comparison(
            with: layer,
            ComparisonRequest(first: layer.place, second: layer.place, units: .feature, concepts: ["bag"], top: 5))
        let live = features.units.first
        #expect(live > 0 && live <= 192 && features.pairs.count <= live && features.unmoved == features.pairs.count)
        #expect(features.moves.allSatisfy { $0.move.before == $0.move.after })
        #expect(features.curves.flatMap(\.points).allSatisfy { $0.difference == 0 && $0.others == 0 })

        let deep = try study.layer("blocks.1").prepare()
        let request = ComparisonRequest(first: deep.place, second: layer.place, concepts: ["bag"], betas: [0, 1])
        let found = try deep.comparison(with: layer, request)
        let units = try deep.locate("bag").units.map(\.unit).distinctNeurons.prefix(20)
        for point in try #require(found.curves.first).points {
            let steering = Steering(Intervention(units: Array(units), operator: .scaling, beta: point.beta))
            let outcome = try deep.counted(steering, target: 8)
            #expect(abs(outcome.after.ofClass - Double(point.first) / Double(found.curves[0].images)) < 1e-9)
        }
        let again = try deep.comparison(with: layer, request)
        #expect(again.figures == found.figures && again.digests == found.digests)
        let begun = Atomic(false)
        let stopped = Work(
            report: { if $0.phase == .intervention { begun.store(true, ordering: .relaxed) } },
            checkCancellation: { if begun.load(ordering: .relaxed) { throw CancellationError() } })
        #expect(throws: CancellationError.self, "what is counted tells how far it is, and stops") {
            try deep.comparison(with: layer, request, stopped)
        }
    }

    @Test("float32 beside bfloat16: neurons are their own pairs, and no curve is another by more than its interval")
    func precisions() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let plan = try StudyPlan.small(in: folder)
        let study = try Study(creating: folder.appending(path: "a.study"), plan: plan)
        let first = try study.layer().prepare()
        var rounded = plan.target
        rounded.precision = .bfloat16
        do {
            try study.add(rounded)
        } catch VisionModelsError.unsupportedPrecision {
            return  // Not on this processor.
        }
        let second = try #require(try study.layers().last).prepare()
        let found = try first.comparison(
            with: second,
            ComparisonRequest(first: first.place, second: second.place, concepts: ["shirt", "bag"]))
        #expect(found.first.model != found.second.model)
        #expect(found.unmoved == 96 && found.meanCorrelation > 0.999)
        #expect(found.pairs.allSatisfy { $0.correlation > 0.99 })
        for point in found.curves.flatMap(\.points) {
            #expect(abs(point.difference) <= (point.halfWidth ?? 0) + 3, "an image or two of forty")
        }
    }
}
