import Analysis
import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Layers that were computed elsewhere, as files of arrays.
@Suite struct ImportTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    private func write(_ name: String, _ arrays: [(String, Tensor)]) throws -> URL {
        try SafetensorsFile.write(arrays.map { (name: $0.0, tensor: $0.1) }, to: file(name))
        return file(name)
    }

    @Test("a study's own layer, written out in shards and taken in again, answers as it did")
    func again() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = file("a.study")
        let own = try TargetLayer.created(at: place, plan: .small(in: folder)).prepare()
        let (probe, heldOut) = (try own.neurons.probe.values, try own.heldOut.activations)
        let model = try Checkpoint(Samples.folder.appending(path: "target-vit/model.safetensors"))
        let head = [
            ("head_weight", try model.tensor("classifier.weight")), ("head_bias", try model.tensor("classifier.bias")),
        ]
        let shards = [
            try write("one.safetensors", [("activations", probe.rows(0..<200))] + head),
            try write("two.safetensors", [("train_activations", probe.rows(200..<512))]),
        ]
        var plan = ImportPlan(
            layer: "norm", files: shards,
            heldOut: [try write("val.safetensors", [("activations", heldOut), ("logits", try own.heldOut.logits)])])
        plan.model = "elsewhere"
        plan.classes = file("classes.txt").path
        try Data(own.classes.names.joined(separator: "\n").utf8).write(to: file("classes.txt"))
        let report = try Study.importLayer(plan, into: place)
        #expect(report.reader == "head of a file" && report.probeImages == 512 && report.heldOutImages == 384)
        #expect((report.compared ?? 0) > 100 && report.isSigned && !report.isNewStudy)
        let study = try Study(opening: place)
        let imported = try study.layer("norm", model: "elsewhere").prepare()
        #expect(try imported.heldOut.unedited == own.heldOut.unedited)
        #expect(try imported.facts.accuracy == own.facts.accuracy)
        #expect(imported.encoder == own.encoder, "the same activations and predictions align to the same encoder")
        let units = Array(try own.locate("boot").units.prefix(10).map(\.unit))
        for scale in [-1.0, 0, 2] {
            let intervention = Intervention(units: units, operator: .scaling, beta: scale)
            #expect(
                try imported.outcome(of: intervention, target: 9) == own.outcome(of: intervention, target: 9))
        }
        // Its pictures are the study's.
        #expect(try imported.profile(units[0]).mostActivating == own.profile(units[0]).mostActivating)
    }

    @Test("files alone make a study: images by their embeddings, concepts by theirs, a probe head by labels")
    func newStudy() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = SeededRandom(seed: 3)
        let (count, units, width) = (300, 12, 8)
        let concepts = random.tensor([3, width])
        var (activations, images) = (random.tensor([count, units]), random.tensor([count, width]))
        let labels = (0..<count).map { $0 % 3 }
        for row in 0..<count {
            // Unit c is active on class c, and images lie near their concept.
            activations[row, labels[row]] += 4
            for d in 0..<width { images[row, d] = 0.3 * images[row, d] + concepts[labels[row], d] }
        }
        let url = try write(
            "all.safetensors",
            [
                ("activations", activations), ("image_embeddings", images), ("class_embeddings", concepts),
                ("concept_embeddings", concepts),
            ])
        let names = file("names.txt")
        try Data("anchor\nbarrel\ncactus\n".utf8).write(to: names)
        try npy("labels.npy", labels)
        var plan = ImportPlan(layer: "blocks.8", files: [url, file("labels.npy")])
        (plan.classes, plan.concepts) = (names.path, names.path)
        let report = try Study.importLayer(plan, into: file("new.study"))
        #expect(report.isNewStudy && report.reader == "probe head")
        #expect(report.probeImages == 200 && report.heldOutImages == 100)
        // As after an interruption, which may come before the layer is recorded or after.
        let again = try Study.importLayer(plan, into: file("new.study"))
        #expect(!again.isNewStudy && again.probeImages == 200 && again.heldOutImages == 100)
        #expect(try Study(opening: file("new.study")).layers().count == 1)
        let layer = try Study(opening: file("new.study")).layer().prepare()
        #expect(try layer.facts.accuracy > 0.9)
        for (index, name) in ["anchor", "barrel", "cactus"].enumerated() {
            #expect(try layer.locate(name, ranking: .attribution).units[0].unit.index == index, "\(name)")
        }
        #expect(try layer.profile(layer.locate("anchor").units[0].unit).mostActivating.count == 20)
        #expect(throws: WorkbenchError.importedSpace) { try layer.locate("dromedary") }
        // Another layer of the same images.
        var more = ImportPlan(layer: "blocks.9", files: [url])
        more.heldOut = [url]
        #expect(throws: (any Error).self) { try Study.importLayer(more, into: file("new.study")) }
    }

    @Test(
        "of a layer with predictions and gradients instead of logits and a head, accuracy and attribution are the model's"
    )
    func answersAlone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = file("a.study")
        let own = try TargetLayer.created(at: place, plan: .small(in: folder)).prepare()
        let (probe, heldOut) = (own.neurons.probe, try own.heldOut.activations)
        let (activations, predictions) = (try probe.values, probe.predictions)
        let model = try Checkpoint(Samples.folder.appending(path: "target-vit/model.safetensors"))
        let (weight, bias) = (try model.tensor("classifier.weight"), try model.tensor("classifier.bias"))
        let linear = LinearRemainder(weights: weight, bias: bias.values)
        let gradients = linear.gradients(
            activations, logits: linear.logits(activations), predictions: predictions)
        try npy("train_predictions.npy", predictions)
        try npy("val_predictions.npy", try own.heldOut.logits.argmax())
        let train = try write("train.safetensors", [("activations", activations), ("gradients", gradients)])
        let val = try write("val.safetensors", [("activations", heldOut)])
        var plan = ImportPlan(
            layer: "norm", files: [train, file("train_predictions.npy")], heldOut: [val, file("val_predictions.npy")])
        (plan.model, plan.classes) = ("elsewhere", file("classes.txt").path)
        try Data(own.classes.names.joined(separator: "\n").utf8).write(to: file("classes.txt"))
        let report = try Study.importLayer(plan, into: place)
        #expect(report.reader == "imported predictions" && report.hasGradients && report.compared == nil)
        func imported() throws -> StudiedLayer { try Study(opening: place).layer("norm", model: "elsewhere").prepare() }
        #expect(try imported().facts.accuracy == own.facts.accuracy)
        let (found, expected) = (
            try imported().locate("boot", ranking: .attribution), try own.locate("boot", ranking: .attribution)
        )
        #expect(found.units.prefix(20).map(\.unit) == expected.units.prefix(20).map(\.unit))
        assertClose(
            found.units.map { Float($0.score) }, expected.units.map { Float($0.score) }, within: 1e-4,
            because: "the same products, summed by other code")
        // A layer of the same model with nothing but activations leaves this one what it was.
        var bare = ImportPlan(layer: "other", files: [val], heldOut: [val])
        bare.model = "elsewhere"
        #expect(throws: FileError.self) { try Study.importLayer(bare, into: place) }
        bare.files = [try write("bare.safetensors", [("activations", activations)])]
        bare.classes = plan.classes
        #expect(try Study.importLayer(bare, into: place).reader != report.reader)
        #expect(try imported().facts.accuracy == own.facts.accuracy)
        // A head knows better.
        let head = try write("head.safetensors", [("head_weight", weight), ("head_bias", bias)])
        var wrong = plan
        wrong.model = "third"
        wrong.files = [train, head, file("train_predictions.npy")]
        #expect((try Study.importLayer(wrong, into: place).compared ?? 0) > 256)
        wrong.files[0] = try write(
            "wrong.safetensors",
            [("activations", activations), ("gradients", gradients.scaled(rows: predictions.map { _ in -1 }))])
        #expect(throws: FileError.self) { try Study.importLayer(wrong, into: place) }
    }

    @Test("what does not go together is told by file, array, place, expected and found")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = file("never.study")
        let activations = Tensor([6, 4], (0..<24).map { Float($0) / 7 })
        func refused(_ arrays: [(String, Tensor)], _ array: String, _ expected: String, _ found: String) throws {
            let url = try write("bad.safetensors", arrays)
            #expect(
                throws: FileError.malformedArray(file: url.path, array: array, expected: expected, found: found)
            ) { try Study.importLayer(ImportPlan(layer: "x", files: [url]), into: place) }
            #expect(!FileManager.default.fileExists(atPath: place.path), "nothing is left behind")
        }
        try refused([("logits", activations)], "activations", "an array of that name", "none")
        try refused(
            [("activations", activations), ("logits", Tensor([5, 3]))], "logits", "6 images, as activations has", "5")
        var bad = activations
        bad[2, 3] = .nan
        try refused([("activations", bad)], "activations", "finite numbers", "nan at [2, 3]")
        try refused(
            [("activations", activations.reshaped([2, 3, 4]))], "activations",
            "--pooling cls, mean or max, as an image has 3 vectors", "none")
        try refused(
            [("activations", activations), ("head_weight", Tensor([3, 5]))], "head_weight", "[classes, 4]", "[3, 5]")
        var logits = Tensor([6, 2])
        for row in 0..<6 { logits[row, 0] = 1 }
        let head = Tensor([2, 4], [0, 0, 0, 0, 1, 1, 1, 1])
        try refused(
            [("activations", activations), ("logits", logits), ("head_weight", head)], "logits",
            "class 1 at [0], as the head has it of the activations", "class 0")
    }

    /// Whole numbers as NumPy writes them.
    private func npy(_ name: String, _ values: [Int]) throws {
        var text = "{'descr': '<i8', 'fortran_order': False, 'shape': (\(values.count),), }"
        text += String(repeating: " ", count: 117 - text.count) + "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
        for value in values { withUnsafeBytes(of: Int64(value).littleEndian) { bytes += $0 } }
        try Data(bytes).write(to: file(name))
    }
}
