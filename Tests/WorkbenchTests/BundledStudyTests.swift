import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import Workbench

/// What the bundled study must show, on all its images: the method works on real data, or these fail.
@Suite(.serialized) struct BundledStudyTests {
    @Test("the sample models are good enough: ViT 88 %, CLIP zero-shot 85 % from bare class names, 150 concepts")
    func models() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        // The held-out images as probe images too: their embeddings are what zero-shot classification reads.
        var plan = StudyPlan.bundled
        plan.probeImages = plan.heldOutImages
        let workbench = try TargetLayer.created(at: folder.appending(path: "t.study"), plan: plan)
        let study = try workbench.prepare()
        let facts = try study.facts
        #expect(facts.accuracy >= 0.88)
        #expect(facts.concepts >= 150)
        let guesses = multiply(try study.probeEmbeddings, .plain, study.classes.embeddings, .transposed).argmax()
        let right = zip(guesses, try study.heldOut.labels).count { $0 == $1 }
        #expect(Double(right) / Double(guesses.count) >= 0.85)
    }

    @Test("removing a class's units costs 8 points or more, enhancing gives 3, and both beat the baselines")
    func interventions() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try TargetLayer.created(at: folder.appending(path: "b.study"), plan: .bundled)
        let cells = try workbench.prepare().interventionTable().cells
        func change(_ method: UnitSetMethod, _ units: Int, _ beta: Double) throws -> Double {
            try #require(cells.first { $0.method == method && $0.units == units && $0.beta == beta }).classMean
        }
        #expect(try change(.contribution, 20, 0) <= -8)
        #expect(try change(.contribution, 20, 2) >= 3)
        // What a prototype in NumPy gave.
        let attribution = [(5, 2.82, -4.95), (10, 3.50, -9.46), (20, 3.73, -17.01)]
        for (units, enhanced, removed) in attribution {
            #expect(abs(try change(.attribution, units, 2) - enhanced) <= 0.05)
            #expect(abs(try change(.attribution, units, 0) - removed) <= 0.05)
        }
        #expect(try change(.rivals, 20, 0) < change(.contribution, 20, 0))
        for units in [5, 10, 20] {
            for baseline in [UnitSetMethod.actValues, .random] {
                #expect(try change(.contribution, units, 0) < change(baseline, units, 0), "\(baseline), \(units) units")
                #expect(try change(.contribution, units, 2) > change(baseline, units, 2), "\(baseline), \(units) units")
            }
        }
    }

    @Test("in the final layer every class's unit is described by its class name")
    func finalLayer() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = StudyPlan.bundled
        plan.target.layers = ["logits"]
        let workbench = try TargetLayer.created(at: folder.appending(path: "l.study"), plan: plan)
        let own = try workbench.prepare()
        let classes = own.classes.names
        let study = try own.describing(with: classes)
        let named = try classes.indices.map { index in
            try study.describe(InternalUnit(layer: "logits", index: index, pole: .positive), count: 1).concepts[0]
                .concept
        }
        #expect(named == classes)
    }
}
