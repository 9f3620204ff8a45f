import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// A CLIP as target model: closed forms to its logits, and classes that change without a forward pass.
@Suite struct ZeroShotStudyTests {
    private let folder: URL
    private let heldOut: URL
    private var plan = StudyPlan.bundled

    /// The classes of Fashion-MNIST, and a grouping of them: a line for each label.
    private static let names = [
        "t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    ]
    private static let groups = ClassWords(lines: [
        "top", "trousers", "top", "dress", "top", "shoe", "top", "shoe", "bag", "shoe",
    ])

    init() throws {
        folder = try Samples.temporaryFolder()
        let (probe, heldOut) = try Samples.smallImages(in: folder)
        self.heldOut = heldOut
        let classes = folder.appending(path: "classes.txt")
        try Data(Self.names.joined(separator: "\n").utf8).write(to: classes)
        (plan.probeImages, plan.heldOutImages) = (probe.path, heldOut.path)
        (plan.target.model, plan.target.classes) = ("sample:clip", classes.path)
    }

    private func workbench(_ layer: String) throws -> TargetLayer {
        var plan = plan
        plan.target.layers = [layer]
        return try TargetLayer.created(at: folder.appending(path: "\(layer).study"), plan: plan)
    }

    private func steering(_ study: StudiedLayer) throws -> Steering {
        Steering(
            [
                Intervention(
                    units: try study.locate("sandal").units.prefix(9).map(\.unit), operator: .scaling, beta: 2),
                Intervention(units: try study.locate("bag").units.prefix(6).map(\.unit), operator: .adding, beta: -0.5),
            ], moving: 0)
    }

    @Test(
        "behind the last block, the norm and the projection no forward pass is needed, and logits and counts are the same",
        arguments: ["blocks.2", "norm", "projection"])
    func closedForms(layer: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench(layer).prepare()
        let images = try study.heldOut
        #expect(images.remainder.kind == (layer == "blocks.2" ? .normalized : .linear))
        #expect(images.activations.shape.count == 2)
        let model = try loadZeroShotModel(
            at: ModelLocation(Samples.folder.appending(path: "clip")), classes: Self.names, templates: .plain)
        let source = try IDXImages(images: heldOut, labels: nil)
        let pixels = try source.pixels(0..<384, as: model.preprocessing, for: model.input)
        let point = try #require(model.hookPoint(named: layer))
        let steering = try steering(study)
        for edit in [steering, steering.at(0), steering.at(-1.5), .nothing] {
            let forward = model.logits(
                pixels,
                hooks: Hooks(at: point) { x in
                    let (shape, width) = (x.shape, x.columns)
                    x = x.reshaped([x.count / width, width])
                    edit.apply(to: &x, rows: Array(stride(from: 0, to: x.rows, by: shape.count == 3 ? shape[1] : 1)))
                    x = x.reshaped(shape)
                })
            assertClose(
                try study.editedLogits(Array(0..<384), edit), forward, within: 1e-5,
                because: "sums in float32 of some hundred terms")
            let outcome = try study.outcome(of: edit, target: 5)
            let right = zip(forward.argmax(), images.labels).count { $0 == $1 }
            #expect(abs(outcome.after.overall * 384 - Double(right)) <= 1, "but for a tie in float32")
        }
    }

    @Test("other classes and templates are counted from what is cached, as a study of their own counts them")
    func otherWords() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench("blocks.2")
        let study = try workbench.prepare()
        let steering = try steering(study)
        var groups = Self.groups
        groups.templates = ["a {}", "{}"]
        let ran = Ran()
        let other = try study.counting(words: groups, Work(report: ran.note))
        #expect(ran.phases.isEmpty, "nothing is extracted, nothing aligned")
        let facts = try other.facts
        #expect(facts.words == groups && facts.countedClasses == ["top", "trousers", "dress", "shoe", "bag"])
        #expect(try facts.classes == study.facts.classes)
        #expect(try other.locate("sandal").units == study.locate("sandal").units, "units stay as they were found")
        #expect(try other.locate("shoe").target.name == "shoe")
        #expect(try other.heldOut.labels == study.heldOut.labels.map { Self.groups.places[$0] })
        #expect(try other.counting().heldOut.labels == study.heldOut.labels, "back to the study's own classes")

        // A study made with these classes from the start.
        let list = folder.appending(path: "groups.txt")
        try Data(groups.lines.joined(separator: "\n").utf8).write(to: list)
        var plan = plan
        (plan.target.layers, plan.target.classes) = (["blocks.2"], list.path)
        plan.templates = PromptTemplates(["a {}", "{}"])
        let own = try TargetLayer.created(at: folder.appending(path: "own.study"), plan: plan).prepare()
        #expect(try own.heldOut.logits == other.heldOut.logits)
        #expect(try own.heldOut.labels == other.heldOut.labels)
        #expect(try own.facts.countedClasses == facts.countedClasses)
        #expect(try own.outcome(of: steering, target: 3) == other.outcome(of: steering, target: 3))

        #expect(throws: WorkbenchError.tooFewClasses(found: 2, expected: 10)) {
            try study.counting(words: ClassWords(lines: ["shoe", "bag"]))
        }
        let logits = try self.workbench("logits")
        #expect(throws: WorkbenchError.classesAreUnits(layer: "logits")) {
            try logits.prepare().counting(words: groups)
        }
    }

    @Test("unit sets found on the study's images are evaluated on other images of other classes")
    func unseenConcepts() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // Stripes and dots: textures that the study has never seen, in folders a class.
        let textures = folder.appending(path: "textures")
        for (name, isBright) in [
            ("striped", { ($0 / 28 / 3) % 2 == 0 }), ("dotted", { ($0 % 5) * ($0 / 28 % 5) == 4 }),
        ]
            as [(String, (Int) -> Bool)]
        {
            let place = textures.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for image in 0..<6 {
                let pixels = (0..<784).map { UInt8(isBright($0 + image) ? 200 : 10 * image) }
                try SmallPNG.grey(pixels, width: 28).write(to: place.appending(path: "\(image).png"))
            }
        }
        let workbench = try workbench("norm")
        let study = try workbench.prepare()
        let words = ClassWords(lines: ["striped", "dotted", "plain"])
        let other = try study.counting(on: textures.path, words: words)
        let labels = try other.heldOut.labels
        #expect(labels.count == 12 && Set(labels) == [0, 1])
        #expect(try other.locate("striped").units == study.locate("striped").units)
        #expect(try other.locate("striped").target == ConceptClass(index: 0, name: "striped", origin: .name))
        var request = InterventionTableRequest()
        (request.sizes, request.seeds) = ([4], 1)
        let table = try other.interventionTable(request)
        #expect(table.images == 12 && table.classes == 2, "those that have images")
        let methods = Set(table.cells.map(\.method))
        #expect(methods.isSuperset(of: study.neurons.unitSets.map(\.method)) && table.cells.count == 2 * methods.count)
        #expect(!methods.contains(.networkDissection), "no probe image has a label of these classes")
        // The same by hand: each concept's units scaled, its own class counted; a class without images is left out.
        let sets = try #require(try other.unitSets(by: .contribution, count: 4))
        let changes = try [0, 1].map { target in
            let outcome = try other.outcome(
                of: Intervention(units: sets[target], operator: .scaling, beta: 0), target: target)
            return 100 * (outcome.after.ofClass - outcome.before.ofClass)
        }
        let cell = try #require(table.cells.first { $0.method == .contribution && $0.beta == 0 })
        #expect(abs(cell.classMean - (changes[0] + changes[1]) / 2) < 1e-9)
    }
}

/// Phases of work that were begun.
private final class Ran: @unchecked Sendable {
    private let lock = NSLock()
    private var seen: Set<WorkProgress.Phase> = []

    var phases: Set<WorkProgress.Phase> { lock.withLock { seen } }

    func note(_ progress: WorkProgress) { lock.withLock { _ = seen.insert(progress.phase) } }
}
