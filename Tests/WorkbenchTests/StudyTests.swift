import Analysis
import Files
import Foundation
import Synchronization
import TestSupport
import Testing
import Workbench

/// A study of several layers and models, and what of it can change.
@Suite struct StudyTests {
    private let folder: URL
    private var plan: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        plan = try .small(in: folder)
    }

    private func study(
        _ name: String, layers: [String], shard: Shard? = nil, with plan: StudyPlan? = nil
    ) throws -> Study {
        var plan = plan ?? self.plan
        (plan.target.layers, plan.shard) = (layers, shard)
        return try Study(creating: folder.appending(path: name), plan: plan)
    }

    private func write(_ text: String, to name: String) throws -> String {
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func files(_ study: Study) throws -> [String: Data] {
        let folder = study.folder.appending(path: "activations")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).reduce(into: [:]) { files, name in
            files[name] = try Data(contentsOf: folder.appending(path: name))
        }
    }

    @Test("one forward pass serves all layers, and gives what passes of their own give")
    func onePass() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["blocks.1", "blocks.2", "norm"]
        let together = try study("together.study", layers: names)
        let report = try together.extract()
        #expect(report.run == ["target-vit": 896], "each image once, whatever the number of layers")
        #expect(report.embedded == 512)
        var apart: [String: Data] = [:]
        for name in names {
            let alone = try study("\(name).study", layers: [name])
            try alone.extract()
            apart.merge(try files(alone)) { _, new in new }
        }
        #expect(try files(together) == apart, "byte for byte")
    }

    @Test("a layer added later runs the target model only; embeddings and the other layers stay")
    func addedLater() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study("a.study", layers: ["norm"])
        try study.extract()
        let before = try files(study)
        try study.add(TargetPlan(model: plan.target.model, layers: ["blocks.3", "norm"]))
        #expect(try study.layerFacts().map(\.isComplete) == [true, false])
        let report = try study.extract()
        #expect(report.embedded == 0)
        #expect(report.run == ["target-vit": 896])
        let after = try files(study)
        for (name, bytes) in before { #expect(after[name] == bytes) }
        #expect(after.count == before.count + 2, "activations of both sets; the outputs are those of the other layer")

        let layers = try study.layers()
        #expect(layers.map(\.reference.layer) == ["norm", "blocks.3"])
        #expect(try study.layer("blocks.3").prepare().facts.layer == "blocks.3")
        #expect(try study.layer().prepare().facts.layer == "norm", "without a name, the first")
        #expect(throws: WorkbenchError.layerNotInStudy("blocks.0", known: ["norm", "blocks.3"])) {
            try study.layer("blocks.0")
        }
    }

    @Test("two target models stand side by side, and one is chosen by name")
    func twoModels() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study("a.study", layers: ["norm"])
        let classes = try study.layer().prepare().facts.classes
        let list = try write(classes.joined(separator: "\n"), to: "classes.txt")
        try study.add(TargetPlan(model: plan.conceptSpace, layers: ["norm", "blocks.1"], classes: list))
        let report = try study.extract()
        #expect(report.run == ["clip": 896], "the other model is not run again")
        #expect(
            try study.layers().map { "\($0.reference)" } == [
                "target-vit norm (cls)", "clip norm (cls)", "clip blocks.1 (cls)",
            ])
        let (vit, clip) = (try study.layer("norm").prepare(), try study.layer("norm", model: "clip").prepare())
        #expect(vit.encoder != clip.encoder)
        #expect(try vit.facts.accuracy != clip.facts.accuracy)
        #expect(throws: WorkbenchError.unknownTarget("resnet", known: ["target-vit", "clip"])) {
            try study.layer(model: "resnet")
        }
        #expect(throws: WorkbenchError.layerNotInStudy("blocks.0", known: ["norm", "blocks.1"])) {
            try study.layer("blocks.0")
        }
    }

    @Test("a checkpoint that was moved is the same model; one with other weights has a name of its own")
    func movedModel() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study("a.study", layers: ["norm"])
        let copy = folder.appending(path: "target-vit")
        try FileManager.default.copyItem(at: Samples.folder.appending(path: "target-vit"), to: copy)
        try study.add(TargetPlan(model: copy.path, layers: ["norm", "blocks.2"]))
        #expect(
            try study.layers().map { "\($0.reference)" } == ["target-vit norm (cls)", "target-vit blocks.2 (cls)"])
        #expect(try study.hasTarget(copy.path), "from now on it lies there")
        #expect(try study.extract().run == ["target-vit": 896], "for the layer that is new")
        #expect(try study.layer("norm").prepare().facts.accuracy > 0.8)

        let weights = copy.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 4] ^= 1
        try bytes.write(to: weights)
        let moved = folder.appending(path: "other/target-vit")
        try FileManager.default.createDirectory(
            at: moved.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.moveItem(at: copy, to: moved)
        try study.add(TargetPlan(model: moved.path, layers: ["norm"]))
        #expect(try study.layers().last?.reference.model == "target-vit-2")
    }

    @Test("a study tells how far it is while it is extracted, after an interruption and of a share")
    func telling() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Stop: Error {}
        let study = try study("a.study", layers: ["blocks.2", "norm"])
        #expect(try study.info().probeImages == nil)
        #expect(try study.info().layers.map(\.facts.rows) == [0, 0])
        let seen = Mutex<[[Int]]>([])
        let other = study.folder
        #expect(throws: Stop.self) {
            try study.extract(
                Work(
                    report: { progress in
                        guard progress.phase == .activations else { return }
                        // Another process, as it were.
                        let rows = try? Study(opening: other).layerFacts().map(\.rows)
                        seen.withLock { $0.append(rows ?? []) }
                    }, checkCancellation: { if seen.withLock({ $0.count }) == 3 { throw Stop() } }))
        }
        #expect(seen.withLock { $0 } == [[0, 0], [256, 256], [512, 512]])
        let again = try Study(opening: other)
        #expect(try again.layerFacts().map { "\($0.rows) of \($0.images)" } == ["512 of 896", "512 of 896"])
        #expect(try again.info().layers.allSatisfy { $0.accuracy == nil })
        try again.extract()
        #expect(try again.info().layers.map(\.facts.isComplete) == [true, true])
        #expect(try #require(try again.info().layers[0].accuracy) > 0.8)

        let share = try self.study("share.study", layers: ["norm"], shard: Shard(index: 1, count: 2))
        try share.extract()
        #expect(try share.info().layers.map { "\($0.facts.rows) of \($0.facts.images)" } == ["512 of 512"])
    }

    @Test("shares of several layers and models join byte for byte")
    func shares() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = ["blocks.2", "norm"]
        let list = try write((0..<10).map { "class \($0)" }.joined(separator: "\n"), to: "classes.txt")
        func made(_ name: String, _ shard: Shard?) throws -> Study {
            let study = try self.study(name, layers: names, shard: shard)
            try study.add(TargetPlan(model: plan.conceptSpace, layers: ["blocks.1"], pooling: "mean", classes: list))
            try study.extract()
            return study
        }
        let whole = try made("whole.study", nil)
        let shares = try (1...3).map { try made("part\($0).study", Shard(index: $0, count: 3)).folder }
        let joined = folder.appending(path: "joined.study")
        try Study.merge(shares.reversed(), into: joined)
        let study = try Study(opening: joined)
        #expect(try files(study) == files(whole))
        #expect(try study.layerFacts() == whole.layerFacts())
        #expect(try study.layer("blocks.2").prepare().encoder == whole.layer("blocks.2").prepare().encoder)
    }

    @Test("concepts, templates and names of classes change without a forward pass, and need no file afterwards")
    func words() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try write("boot\nsleeve\n", to: "first.txt")
        var plan = plan
        plan.concepts = first
        let study = try study("a.study", layers: ["norm"], with: plan)
        try study.extract()
        try FileManager.default.removeItem(atPath: first)
        let opened = try Study(opening: study.folder)
        #expect(try opened.concepts == ["boot", "sleeve"])
        let before = try opened.layer().prepare()

        try opened.addConcepts(at: write("lace\nheel\nsole\n", to: "second.txt"))
        #expect(try opened.layer().prepare().facts.concepts == 3)
        try opened.chooseConcepts("first")
        #expect(try opened.layer().prepare().facts.concepts == 2)
        #expect(throws: WorkbenchError.unknownConceptSet("third", known: ["first", "second"])) {
            try opened.chooseConcepts("third")
        }

        let names = try before.facts.classes.map { $0 == "sneaker" ? "trainer" : $0 }
        try opened.add(
            TargetPlan(
                model: plan.target.model, layers: ["norm"],
                classNames: write(names.joined(separator: "\n"), to: "names.txt")))
        let renamed = try opened.layer().prepare()
        #expect(try renamed.facts.classes == names)
        #expect(try renamed.locate("trainer").target.origin == .name)
        #expect(try renamed.facts.accuracy == before.facts.accuracy)
        #expect(throws: WorkbenchError.classNameCount(file: folder.path + "/short.txt", expected: 10, found: 1)) {
            try opened.add(
                TargetPlan(model: plan.target.model, layers: ["norm"], classNames: write("one\n", to: "short.txt")))
        }
        #expect(try opened.extract().run == [:], "nothing was run for any of it")
    }

    @Test("a class that is called by an identifier shows as the word that words.txt has for it")
    func identifiers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let own = try study("own.study", layers: ["norm"]).layer().prepare().facts.classes
        let ids = own.indices.map { String(format: "n%08d", 1_000 + $0) }
        var plan = plan
        plan.target.classes = try write(ids.joined(separator: "\n"), to: "ids.txt")
        _ = try write(zip(ids, own).map { "\($0)\t\($1), thing" }.joined(separator: "\n"), to: "words.txt")
        let study = try study("ids.study", layers: ["norm"], with: plan)
        let layer = try study.layer().prepare()
        #expect(try layer.facts.classes == own)
        #expect(try layer.locate("sneaker").target.name == "sneaker")
        #expect(try study.info().layers[0].namelessClasses == 0)
    }

    /// Three pictures in each of some folders.
    private func images(in names: [String]) throws -> URL {
        let images = folder.appending(path: "images")
        for name in names {
            let place = images.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for index in 0..<3 {
                let pixels = (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 &* (index + 3)) }
                try SmallPNG.grey(pixels, width: 28).write(to: place.appending(path: "\(index).png"))
            }
        }
        return images
    }

    @Test("folders called by the identifiers that begin the lines of a class list pair with these lines")
    func identifiedClasses() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let ids = (0..<10).map { String(format: "n%08d", 1_000 + $0) }
        let images = try images(in: [ids[4], ids[8]])
        var plan = plan
        (plan.probeImages, plan.heldOutImages) = (images.path, images.path)
        let lines = zip(ids, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).map { "\($0) thing \($1)" }
        plan.target.classes = try write(lines.joined(separator: "\n"), to: "classes.txt")
        let layer = try study("a.study", layers: ["norm"], with: plan).layer().prepare()
        #expect(try layer.heldOut.labels == [4, 4, 4, 8, 8, 8])
        #expect(try layer.doubt == nil)
        #expect(layer.classes.names[4] == "thing e")
    }

    @Test("folders whose names tell nothing go to the classes that a map gives them, and the study keeps it")
    func classMap() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let images = try images(in: ["x", "y"])
        var plan = plan
        (plan.probeImages, plan.heldOutImages) = (images.path, images.path)
        #expect(throws: WorkbenchError.self) { try self.study("never.study", layers: ["norm"], with: plan) }
        plan.target.classMap = try write("x\tcoat\ny,8\n", to: "map.txt")
        let study = try self.study("a.study", layers: ["norm"], with: plan)
        _ = try study.layer().prepare()
        try FileManager.default.removeItem(at: folder.appending(path: "map.txt"))
        let layer = try Study(opening: study.folder).layer().prepare()
        #expect(try layer.heldOut.labels == [4, 4, 4, 8, 8, 8])
    }

    @Test("a file of the study whose bytes have changed is refused by name, at every later opening")
    func damage() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try study("a.study", layers: ["norm"])
        _ = try study.layer().prepare()
        func read(_ folder: URL) throws {
            let layer = try Study(opening: folder).layer().prepare()
            _ = (try layer.heldOut, try layer.probeEmbeddings)
        }
        let place = study.folder.appending(path: "activations")
        for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            let file = place.appending(path: name)
            let whole = try Data(contentsOf: file)
            var damaged = whole
            let byte = damaged.count / 2
            damaged[byte] ^= 0x10
            try damaged.write(to: file)
            for _ in 0..<2 {
                let error = #expect(throws: WorkbenchError.self) { try read(study.folder) }
                guard case .damagedFile(file.path, .rows(let rows), .extract(study.folder.path)) = error else {
                    Issue.record("\(String(describing: error)) for damaged \(name)")
                    continue
                }
                // The row of that byte, and those that share a kilobyte with it.
                let values = try MappedFile(file).withBytes { try SafetensorsHeader(parsing: $0).entries.values.first }
                let (start, shape) = try #require(values.map { ($0.range.lowerBound, $0.shape) })
                let size = (whole.count - start) / shape[0]
                #expect(rows.contains((byte - start) / size) && rows.count <= 1024 / size + 2, "\(rows)")
            }
            try whole.write(to: file)
            try read(study.folder)
            try damaged.write(to: file)
            try Study(opening: study.folder).extract()
            #expect(try Data(contentsOf: file) == whole, "the command that the error names makes \(name) again")
            try read(study.folder)
        }
    }

    @Test("a model that was replaced on disk is refused, not asked")
    func replacedModel() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "model")
        try FileManager.default.copyItem(at: Samples.folder.appending(path: "target-vit"), to: copy)
        var plan = plan
        plan.target.model = copy.path
        let study = try study("a.study", layers: ["blocks.2"], with: plan)
        _ = try study.layer().prepare()
        let weights = copy.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 3] ^= 1
        try bytes.write(to: weights)
        let layer = try Study(opening: study.folder).layer()
        #expect(throws: WorkbenchError.changedModel(copy.path, study: study.folder.path)) {
            let study = try layer.prepare()
            _ = try study.outcome(of: Intervention(units: [], operator: .scaling, beta: 1), target: 0)
        }
    }
}
