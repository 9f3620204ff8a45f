import Analysis
import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// An audit of 896 real images; nothing is planted in them.
@Suite struct AuditStudyTests {
    private let folder: URL
    private let layer: StudiedLayer

    init() throws {
        folder = try Samples.temporaryFolder()
        layer = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: .small(in: folder)).prepare()
    }

    private func groups(_ name: (Int) -> String) throws -> String {
        let file = folder.appending(path: "groups.txt")
        try Data((0..<384).map { "t10k #\($0)\t\(name($0))\n" }.joined().utf8).write(to: file)
        return file.path
    }

    @Test("what is told of a concept is what removing its neurons does, on the half that did not choose")
    func leanings() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var request = AuditRequest()
        (request.units, request.listed) = (10, 3)
        let audit = try layer.audit(request)
        #expect(audit.classes.map(\.name) == layer.classes.names)
        #expect(audit.choosing == 192 && audit.reporting == 192 && audit.words == 191)
        let heldOut = try layer.heldOut
        let report = StrengthFit.halves(384).report
        for (c, own) in audit.classes.enumerated() {
            #expect(own.concepts.count <= 4 && own.mend == nil && own.groups.isEmpty)
            for concept in own.concepts {
                #expect(concept.origin == .mistakes || concept.likeness < concept.limit, "far from the class")
                let images = report.filter { heldOut.labels[$0] == c }
                let steering = Steering(Intervention(units: concept.units, operator: .scaling, beta: 0))
                let (before, after) = (
                    try layer.editedLogits(images, .nothing), try layer.editedLogits(images, steering)
                )
                func centred(_ logits: Tensor) -> Float {
                    (0..<images.count).reduce(0) { sum, row in
                        sum + logits[row, c] - logits.row(row).reduce(0, +) / 10
                    } / Float(images.count)
                }
                assertClose(
                    Float(concept.leaning), centred(before) - centred(after), within: 2e-4,
                    because: "float32 logits of some ten, once added up and once run")
                #expect(concept.removed.classImages == images.count && concept.removed.images == 192)
                #expect(concept.correctedP >= concept.p && concept.p >= 1.0 / 2000)
            }
            let words = own.concepts.filter { $0.origin == .word }
            #expect(zip(words, words.dropFirst()).allSatisfy { $0.chosen >= $1.chosen } && words.count <= 3)
            #expect(
                own.concepts.allSatisfy {
                    ($0.resemblance == nil) == $0.examples.isEmpty && (!$0.isFinding || !$0.isOfClass)
                })
        }
        let again = try layer.audit(request)
        #expect(again.figures == audit.figures)
    }

    /// What removing units takes off the centred logit of class `c`, by running `images` of it.
    private func run(_ layer: StudiedLayer, _ units: [InternalUnit], _ c: Int, _ images: [Int]) throws -> Float {
        let steering = Steering(Intervention(units: units, operator: .scaling, beta: 0))
        let (before, after) = (try layer.editedLogits(images, .nothing), try layer.editedLogits(images, steering))
        func centred(_ logits: Tensor) -> Float {
            (0..<images.count).reduce(0) { sum, row in
                sum + logits[row, c] - logits.row(row).reduce(0, +) / Float(logits.columns)
            } / Float(images.count)
        }
        return centred(before) - centred(after)
    }

    @Test("at a layer deep in the model leanings are measured by running it on, and nothing is mended")
    func deep() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = try StudyPlan.small(in: folder)
        plan.target.layers = ["blocks.2"]
        let deep = try TargetLayer.created(at: folder.appending(path: "deep.study"), plan: plan).prepare()
        var request = AuditRequest()
        (request.units, request.listed, request.classes) = (10, 2, ["shirt", "bag"])
        request.groups = try groups { $0 % 2 == 0 ? "even" : "odd" }
        let audit = try deep.audit(request)
        #expect(audit.classes.map(\.name) == ["shirt", "bag"] && audit.classes.allSatisfy { $0.mend == nil })
        #expect(audit.groups.count == 2 && audit.classes.allSatisfy { !$0.concepts.isEmpty })
        // Of either class all images of the half that reports, which are under twenty here.
        let labels = try deep.heldOut.labels
        let report = StrengthFit.halves(384).report
        for own in audit.classes {
            let c = try deep.classIndex(own.name)
            let images = Array(
                try deep.heldOut.countingOrder.filter { report.contains($0) && labels[$0] == c }.prefix(20))
            for concept in own.concepts {
                assertClose(
                    Float(concept.leaning), try run(deep, concept.units, c, images), within: 1e-4,
                    because: "the same passes, added up in another order")
            }
        }
        let asked = report.filter { [6, 8].contains(labels[$0]) }
        #expect(
            audit.measuredImages == [6, 8].reduce(0) { sum, c in sum + min(20, asked.count { labels[$0] == c }) })
        #expect(audit.randomSets == 999)
        #expect(throws: WorkbenchError.unknownClass("hat", known: deep.countedClasses.names)) {
            var request = request
            request.classes = ["hat"]
            return try deep.audit(request)
        }
    }

    @Test("of features a leaning is what removing them does, where the rest is linear and where it is run again")
    func features() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for hook in ["norm", "blocks.2"] {
            var plan = try StudyPlan.small(in: folder)
            plan.target.layers = [hook]
            let target = try TargetLayer.created(at: folder.appending(path: "\(hook).study"), plan: plan)
            _ = try target.prepare()
            var parameters = AutoencoderParameters(features: 192, k: 8, steps: 60)
            (parameters.batch, parameters.deadAfter, parameters.rate) = (128, 512, 2e-3)
            try target.trainAutoencoder(parameters)
            let layer = try target.prepare(features: true)
            var request = AuditRequest()
            (request.units, request.listed, request.classes, request.unitKind) = (5, 2, ["shirt"], .feature)
            let audit = try layer.audit(request)
            let labels = try layer.heldOut.labels
            let report = StrengthFit.halves(384).report
            let images = Array(
                try layer.heldOut.countingOrder.filter { report.contains($0) && labels[$0] == 6 }
                    .prefix(hook == "norm" ? .max : 20))
            #expect((audit.measuredImages == nil) == (hook == "norm"))
            let concepts = try #require(audit.classes.first).concepts
            #expect(!concepts.isEmpty)
            for concept in concepts {
                #expect(concept.units.allSatisfy { $0.kind == .feature } && concept.units.count == 5)
                assertClose(
                    Float(concept.leaning), try run(layer, concept.units, 6, images), within: 5e-4,
                    because: "float32 logits of some ten, once added up and once run")
            }
        }
    }

    @Test("what mends keeps to the bound on the images that chose, and to its own figures on the others")
    func mending() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var request = AuditRequest()
        (request.listed, request.damage) = (1, 0.02)
        // Every class in two groups: what it gets right by a wide margin or not is unknown to them.
        request.groups = try groups { $0 % 3 == 0 ? "third" : "rest" }
        let audit = try layer.audit(request)
        #expect(audit.groups.map(\.images).reduce(0, +) == 192)
        let heldOut = try layer.heldOut
        let (choose, report) = StrengthFit.halves(384)
        var mended = 0
        for (c, own) in audit.classes.enumerated() {
            guard let mend = own.mend else { continue }
            let first = Intervention(units: mend.units, operator: mend.operator, beta: mend.beta)
            let steering = Steering([first] + [mend.second].compactMap { $0 }, moving: 0)
            func accuracy(_ images: [Int]) throws -> Double {
                let logits = try layer.editedLogits(images, steering).argmax()
                return Double(zip(images, logits).count { heldOut.labels[$0] == $1 }) / Double(images.count)
            }
            let others = choose.filter { heldOut.labels[$0] != c }
            let before = Double(others.count { heldOut.labels[$0] == heldOut.unedited[$0] }) / Double(others.count)
            // A float32 tie between two classes may fall either way.
            #expect(before - (try accuracy(others)) <= 0.02 + 1.0 / Double(others.count))
            #expect(mend.chosen.after > mend.chosen.before)
            for cell in mend.after {
                let images = report.filter {
                    heldOut.labels[$0] == c && (cell.group == "third") == ($0 % 3 == 0)
                }
                #expect(images.count == cell.images)
                #expect(abs(try accuracy(images) - cell.accuracy) <= 1.0 / Double(images.count))
            }
            mended += 1
            #expect((1...799).contains(mend.randomSets) && mend.correctedP >= mend.p)
            if let second = mend.second {
                #expect(second.operator == .adding && second.units.count == request.units)
            }
        }
        #expect(mended > 0)
    }

    @Test(
        "a cue that takes images of other classes over is removed and the class's own units shifted: no set alone mends it"
    )
    func cue() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "a.study")
        func hasCue(_ image: Int) -> Bool { image * 7919 % 101 < 50 }
        /// With three units that say whether an image has the cue, and nothing else.
        func marked(_ rows: Tensor) -> Tensor {
            var values = rows.values
            for image in 0..<rows.rows {
                for unit in 0..<3 { values[image * rows.columns + unit] = hasCue(image) ? 1 : 0 }
            }
            return Tensor(rows.shape, values)
        }
        let model = try Checkpoint(Samples.folder.appending(path: "target-vit/model.safetensors"))
        var weight = try model.tensor("classifier.weight").values
        var bias = try model.tensor("classifier.bias").values
        for c in 0..<10 { for unit in 0..<3 { weight[c * 96 + unit] = c == 6 ? 2 : 0 } }
        // Shirts lean on it: without it few are left, with it others are taken for shirts.
        bias[6] -= 3
        func write(_ name: String, _ arrays: [(name: String, tensor: Tensor)]) throws -> URL {
            let file = folder.appending(path: name)
            try SafetensorsFile.write(arrays, to: file)
            return file
        }
        let head = [("head_weight", Tensor([10, 96], weight)), ("head_bias", Tensor([10], bias))]
        var plan = ImportPlan(
            layer: "norm",
            files: [try write("train.safetensors", [("activations", marked(layer.neurons.probe.values))] + head)],
            heldOut: [try write("val.safetensors", [("activations", marked(layer.heldOut.activations))])])
        plan.model = "cued"
        plan.classes = folder.appending(path: "classes.txt").path
        try Data(layer.classes.names.joined(separator: "\n").utf8).write(to: folder.appending(path: "classes.txt"))
        _ = try Study.importLayer(plan, into: place)
        let cued = try Study(opening: place).layer("norm", model: "cued").prepare()
        var request = AuditRequest()
        (request.listed, request.classes, request.damage) = (1, ["shirt"], 0.02)
        request.groups = try groups { hasCue($0) ? "cue" : "plain" }
        let audit = try cued.audit(request)
        let own = try #require(audit.classes.first)
        let mend = try #require(own.mend)
        let second = try #require(mend.second)
        #expect(mend.concept.hasPrefix("group cue / plain") && mend.beta <= 0.5 && mend.operator == .scaling)
        #expect(second.units.count == 20 && second.beta > 0)
        #expect(mend.worst.before < 0.4 && mend.worst.after > mend.worst.before + 0.3, "\(mend.worst)")
        // Of random sets some have one of the three units, which is enough.
        #expect(mend.randomGain < mend.worst.after - mend.worst.before - 0.1)
        #expect(try documentText(of: AuditDocument(audit, command: "")).contains("\"second\" : {"))
    }

    @Test("a list of groups that leaves an image out, contradicts itself, holds no pair or one group alone is refused")
    func badGroups() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var request = AuditRequest()
        request.groups = try groups { $0 == 7 ? "" : "a" }
        let file = try #require(request.groups)
        #expect(
            throws: FileError.malformedList(
                file: file, line: 8, .line(expected: "an image, a tab or comma, and its group", found: "t10k #7"))
        ) { try layer.audit(request) }
        try Data((0..<380).map { "t10k #\($0),a\n" }.joined().utf8).write(to: URL(filePath: file))
        #expect(
            throws: WorkbenchError.ungroupedImages(
                file: file, first: "t10k #380", count: 4, images: 384, listed: nil)
        ) { try layer.audit(request) }
        try Data("a.png\tb\n".utf8).write(to: URL(filePath: file))
        #expect(
            throws: WorkbenchError.ungroupedImages(
                file: file, first: "t10k #0", count: 384, images: 384, listed: "a.png\tb")
        ) { try layer.audit(request) }
        try Data("t10k #1,a\nt10k #1,b\n".utf8).write(to: URL(filePath: file))
        #expect(
            throws: FileError.malformedList(
                file: file, line: 2, .line(expected: "one group for t10k #1", found: "t10k #1,b"))
        ) { try layer.audit(request) }
        request.groups = try groups { _ in "a" }
        #expect(throws: WorkbenchError.oneGroup(place: file, group: "a")) { try layer.audit(request) }
    }
}
