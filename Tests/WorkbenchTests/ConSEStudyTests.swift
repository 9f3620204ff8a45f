import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// A study whose concept space is a sentence encoder's, on real images.
@Suite struct ConSEStudyTests {
    private let encoder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Tests/Goldens/sentences/bert")

    @Test func `a study of it extracts, aligns and answers`() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        var plan = StudyPlan.bundled
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        plan.conceptSpace = encoder.path
        let place = folder.appending(path: "sentences.study")
        let layer = try TargetLayer.created(at: place, plan: plan)
        let study = try layer.prepare()
        #expect(try Study(opening: place).info().conceptSpace.contains("ConSE"))
        #expect(try study.locate("boot").units.count > 10)
        #expect(try Study(opening: place).layer().prepare().encoder == study.encoder, "nothing was left to do")
    }

    @Test func `a sentence encoder embeds texts alone`() throws {
        let run = try EmbeddingRun(encoder.path)
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "texts.npy")
        #expect(try run.write(["boot", "bag"], in: .plain, to: output) == [2, 24])
        #expect(throws: WorkbenchError.needsClassifier(encoder: encoder.path)) {
            _ = try run.write(ImageArguments([Samples.smallImages(in: folder).0.path]), to: output)
        }
    }
}
