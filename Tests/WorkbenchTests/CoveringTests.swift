import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// What covering a place of an image changes, on real images.
@Suite struct CoveringTests {
    @Test(
        "before is what the study holds, after what the model makes of the covered pixels",
        arguments: ["norm", "logits"])
    func measured(layer: String) throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = try StudyPlan.small(in: folder)
        plan.target.layers = [layer]
        let study = try TargetLayer.created(at: folder.appending(path: "c.study"), plan: plan).prepare()
        let unit = try study.unit("3+")
        let plain = try study.covered(11, of: unit, cover: nil)
        #expect((plain.rows, plain.columns) == (4, 4), "of the patches, at the logits too")
        #expect(plain.after == nil)
        #expect(plain.before.activation == (try study.neurons.probe.column(3)[11]))
        #expect(plain.before.predicted == study.neurons.probe.predictions[11])
        #expect(plain.classes == study.classes.names)

        let cover = Cover(row: 1, column: 2, filling: .grey)
        let known = ImageReading(activation: 1, logits: plain.before.logits)
        let covered = try study.covered(11, of: unit, cover: cover, before: known)
        #expect(covered.before == known, "not measured again")
        let after = try #require(covered.after)
        // The same by hand: the patch's pixels at the middle of black and white.
        let model = try loadTargetModel(at: Samples.folder.appending(path: "target-vit"))
        let source = try openImages(at: folder.appending(path: "train10k-images-idx3-ubyte"))
        var pixels = try source.pixels([11], as: model.preprocessing, for: model.input)
        let grey = (127.5 * model.preprocessing.scale - model.preprocessing.mean[0]) / model.preprocessing.deviation[0]
        for y in 7..<14 { for x in 14..<21 { pixels[y * 28 + x] = grey } }
        #expect(after.logits == model.logits(pixels).values)
        #expect(after != plain.before)
        for filling in Cover.Filling.allCases {
            let other = try study.covered(11, of: unit, cover: Cover(row: 1, column: 2, filling: filling)).after
            #expect((other == after) == (filling == .grey))
        }
    }
}
