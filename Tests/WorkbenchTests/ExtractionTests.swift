import Analysis
import Files
import Foundation
import Synchronization
import TestSupport
import Testing
import VisionModels
import Workbench

/// Prompt ensembles, CLIP as a target model, poolings, and what is not computed twice.
@Suite struct ExtractionTests {
    private let folder: URL
    private var plan: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        plan = try .small(in: folder)
    }

    private func write(_ text: String, to name: String) throws -> URL {
        try Data(text.utf8).write(to: folder.appending(path: name))
        return folder.appending(path: name)
    }

    @Test("an ensemble of templates is kept in the study, and a typed concept is embedded in all of them")
    func ensemble() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try write("# two\na photo of a {}\n{}\n", to: "templates.txt")
        var plan = plan
        plan.templates = try ConceptList.readTemplates(file)
        let place = folder.appending(path: "a.study")
        let study = try TargetLayer.created(at: place, plan: plan).prepare()
        try FileManager.default.removeItem(at: file)
        let opened = try TargetLayer.opened(at: place)
        #expect(try opened.study.templates.templates == ["a photo of a {}", "{}"])

        let plain = try TargetLayer.created(at: folder.appending(path: "b.study"), plan: self.plan).prepare()
        #expect(study.classes.embeddings != plain.classes.embeddings)
        for norm in study.classes.embeddings.norms() { #expect(abs(norm - 1) < 1e-5) }
        let name = study.classes.names[0]
        let typed = try study.locate(name)
        #expect(typed.target.origin == .name)
        _ = try write("no place\n", to: "wrong.txt")
        #expect(throws: FileError.self) {
            try ConceptList.readTemplates(folder.appending(path: "wrong.txt"))
        }
    }

    /// In the middle, where tokens are kept, and after the tokens.
    @Test(
        "CLIP as a target model extracts, locates and intervenes",
        arguments: [("blocks.1", "mean"), ("norm", "cls"), ("projection", "cls")])
    func zeroShot(layer: String, pooling: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let bundled = try TargetLayer.created(at: folder.appending(path: "vit.study"), plan: plan).prepare()
        var plan = plan
        plan.target = TargetPlan(model: plan.conceptSpace, layers: [layer], pooling: pooling)
        #expect(throws: WorkbenchError.needsClasses(model: plan.target.model)) {
            _ = try TargetLayer.created(at: folder.appending(path: "never.study"), plan: plan)
        }
        plan.target.classes = try write(bundled.classes.names.joined(separator: "\n"), to: "classes.txt").path
        let workbench = try TargetLayer.created(at: folder.appending(path: "clip.study"), plan: plan)
        let study = try workbench.prepare()
        let facts = try study.facts
        #expect(facts.classes == bundled.classes.names)
        #expect(facts.accuracy > 0.5, "far above one in ten")
        #expect(
            (facts.remainder == .linear) == (layer != "blocks.1"),
            "after the tokens the rest is linear but for the length")
        let found = try study.locate("sneaker")
        let units = found.units.prefix(40).map(\.unit)
        let same = try study.outcome(
            of: Intervention(units: units, operator: .scaling, beta: 1), target: found.target.index)
        #expect(same.before == same.after)
        let removed = try study.outcome(
            of: Intervention(units: units, operator: .scaling, beta: 0), target: found.target.index)
        #expect(removed.after != removed.before)
    }

    @Test("a pooling that does not suit is refused by name")
    func poolings() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = plan
        plan.target.pooling = "none"
        #expect(
            throws: WorkbenchError.unsuitablePooling("none", layer: "norm", known: ["cls", "mean", "max"])
        ) { _ = try TargetLayer.created(at: folder.appending(path: "never.study"), plan: plan) }
    }

    @Test("images that have an embedding are not embedded again; another layer keeps the logits")
    func reuse() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // The probe images are the held-out images of another study: only their records are shared, by digest.
        let place = folder.appending(path: "a.study")
        try TargetLayer.created(at: place, plan: plan).extract()
        let phases = Mutex<[WorkProgress.Phase]>([])
        try TargetLayer.opened(at: place).extract(
            Work(report: { progress in phases.withLock { $0.append(progress.phase) } }))
        #expect(phases.withLock { $0 } == [], "nothing was left to do")

        // Without its files, the activations are made again, and only they.
        let files = place.appending(path: "activations")
        try FileManager.default.removeItem(at: files)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try TargetLayer.opened(at: place).extract(
            Work(report: { progress in phases.withLock { $0.append(progress.phase) } }))
        #expect(Set(phases.withLock { $0 }) == [.activations])
    }

    /// 24 grey images of 28 x 28 in two class folders, and files that only claim to be images.
    private func pictures(damaged: [Int]) throws -> URL {
        let root = folder.appending(path: "pictures")
        for (number, name) in ["bag", "coat"].enumerated() {
            let place = root.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for index in 0..<12 {
                let pixels = (0..<28 * 28).map { UInt8(truncatingIfNeeded: $0 &* (index + 3) &+ number * 40) }
                var png = SmallPNG.grey(pixels, width: 28)
                if damaged.contains(number * 12 + index) { png = png.prefix(png.count / 2) }
                try png.write(to: place.appending(path: "\(index + 10).png"))
            }
        }
        return root
    }

    @Test("tasks of one extraction read each image once between them, and come to a single run's files")
    func sharedReading() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try pictures(damaged: [0, 14])
        var plan = plan
        (plan.probeImages, plan.heldOutImages) = (pictures.path, pictures.path)
        func task(_ index: Int) throws {
            var plan = plan
            plan.shard = Shard(index: index, count: 2)
            let root = ShareRoot(folder.appending(path: "shared.study"))
            let share = try root.share(of: ScheduledTask(scheduler: "test", number: index, first: 1, count: 2))
            let scratch = folder.appending(path: "scratch\(index)")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            let reading = SharedReading(under: root, share.share, Work())
            try Study(at: share.folder, workingIn: scratch, reading: reading) { plan }
                .extract(Work(words: { _ in "damaged" }))
        }
        let first = pictures.appending(path: "bag/11.png").path
        func setBack(_ file: String) throws {
            let time = Date(timeIntervalSince1970: 1_700_000_000)
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
        }
        try setBack(first)
        // What was written a moment ago is not believed.
        Thread.sleep(forTimeInterval: 3.2)
        try TargetLayer.created(at: folder.appending(path: "whole.study"), plan: plan).extract()
        try task(2)
        // All images are in one batch, which was the second's. The first needs to know no more than that they could be read: that
        // this one cannot any more, under the same size and time, is not seen.
        let handle = try FileHandle(forUpdating: URL(filePath: first))
        try handle.write(contentsOf: Data([0]))
        try handle.close()
        try setBack(first)
        try task(1)
        let merged = folder.appending(path: "shared.study")
        try Study.merge(ShareRoot(merged).folders(), into: merged)
        let files = try ["whole.study", "shared.study"].map { name in
            let activations = folder.appending(path: name).appending(path: "activations")
            return try FileManager.default.contentsOfDirectory(atPath: activations.path).sorted().map {
                ($0, try Data(contentsOf: activations.appending(path: $0)))
            }
        }
        #expect(files[0].map(\.0) == files[1].map(\.0) && files[0].map(\.1) == files[1].map(\.1))
        let skipped = try Study(opening: merged).skippedImages()
        #expect(skipped.map(\.name) == ["bag/10.png", "coat/12.png"] && skipped.allSatisfy { $0.reason == "damaged" })
    }

    @Test("images that cannot be read are left out, counted and named; rows of the others stay in order")
    func damagedImages() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try pictures(damaged: [0, 5, 14, 23])
        var plan = plan
        // One folder in both roles, at a layer where they keep different things of an image.
        (plan.probeImages, plan.heldOutImages) = (pictures.path, pictures.path)
        plan.target.layers = ["blocks.2"]
        let workbench = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan)
        try workbench.extract(Work(words: { _ in "damaged" }))
        let skipped = try workbench.study.skippedImages()
        #expect(skipped.map(\.name) == ["bag/10.png", "bag/15.png", "coat/12.png", "coat/21.png"])
        #expect(skipped.map(\.position) == [0, 5, 14, 23])
        #expect(skipped.allSatisfy { $0.reason == "damaged" })
        let study = try workbench.prepare()
        let (facts, images) = (try study.facts, try study.heldOut)
        #expect(facts.probeImages == 20 && facts.heldOutImages == 20)
        #expect(images.activations.shape.count == 3)
        #expect(try study.neurons.probe.values.shape.count == 2)
        let (bag, coat) = (try study.classIndex("bag"), try study.classIndex("coat"))
        #expect(images.labels == Array(repeating: bag, count: 10) + Array(repeating: coat, count: 10))

        // The whole images alone give the same rows.
        for name in ["bag/10.png", "bag/15.png", "coat/12.png", "coat/21.png"] {
            try FileManager.default.removeItem(at: pictures.appending(path: name))
        }
        let clean = try TargetLayer.created(at: folder.appending(path: "b.study"), plan: plan).prepare()
        #expect(try clean.heldOut.activations == images.activations)
        #expect(try clean.heldOut.logits == images.logits)
        #expect(try clean.probeEmbeddings == study.probeEmbeddings)

        let again = try TargetLayer.opened(at: folder.appending(path: "b.study"))
        #expect(try again.study.skippedImages() == [])
    }

    @Test("images in a tar give what they give in folders, and are found again in it")
    func archives() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try pictures(damaged: [3])
        var files: [(name: String, bytes: [UInt8])] = []
        for name in ["bag", "coat"] {
            for index in 0..<12 {
                let file = pictures.appending(path: "\(name)/\(index + 10).png")
                files.append((name: "\(name)-\(index).png", bytes: [UInt8](try Data(contentsOf: file))))
                files.append((name: "\(name)-\(index).cls", bytes: Array(name.utf8)))
            }
        }
        let tar = folder.appending(path: "packed-0.tar")
        try Data(SmallTar.archive(files)).write(to: tar)
        func study(_ place: String, _ images: String) throws -> StudiedLayer {
            var plan = plan
            (plan.probeImages, plan.heldOutImages) = (images, images)
            plan.target.layers = ["blocks.2"]
            let layer = try TargetLayer.created(at: folder.appending(path: place), plan: plan)
            try layer.extract(Work(words: { _ in "damaged" }))
            return try layer.prepare()
        }
        let (loose, packed) = try (
            study("a.study", pictures.path), study("b.study", folder.appending(path: "packed-{0..0}.tar").path)
        )
        #expect(try packed.heldOut.activations == loose.heldOut.activations)
        #expect(try packed.heldOut.logits == loose.heldOut.logits)
        #expect(try packed.heldOut.labels == loose.heldOut.labels)
        #expect(try packed.probeEmbeddings == loose.probeEmbeddings)
        let opened = try TargetLayer.opened(at: folder.appending(path: "b.study"))
        #expect(try opened.study.skippedImages().map(\.name) == ["packed-0.tar/bag-3.png"])
        func reading(_ layer: StudiedLayer) throws -> [Float] {
            try layer.covered(5, of: layer.neurons.units[0], cover: nil).before.logits
        }
        #expect(try reading(opened.prepare()) == reading(loose))
        // Another picture under the same name is not taken for it.
        let place = try #require(files.firstIndex { $0.name == "bag-6.png" })
        files[place].bytes = files[0].bytes
        try Data(SmallTar.archive(files)).write(to: tar)
        let changed = folder.appending(path: "packed-0.tar/bag-6.png").standardizedFileURL.path
        #expect(throws: VisionModelsError.changed(file: changed)) {
            try reading(TargetLayer.opened(at: folder.appending(path: "b.study")).prepare())
        }
    }

    @Test("where no image can be read, that is said")
    func nothingToRead() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try pictures(damaged: Array(0..<24))
        var plan = plan
        (plan.probeImages, plan.heldOutImages) = (pictures.path, pictures.path)
        let workbench = try TargetLayer.created(at: folder.appending(path: "a.study"), plan: plan)
        #expect(throws: WorkbenchError.noReadableImages(images: "pictures", count: 24, first: "damaged")) {
            try workbench.extract(Work(words: { _ in "damaged" }))
        }
    }

    @Test("a command stops at the first image it cannot read, or leaves it out and says so")
    func commandImages() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let pictures = try pictures(damaged: [3])
        let run = try ModelRun(TargetModelChoice(plan.target.model))
        let paths = [pictures.appending(path: "coat/11.png").path, pictures.path]
        #expect(throws: VisionModelsError.self) { _ = try run.predictions(of: ImageArguments(paths), top: 1) }
        let left = Mutex<[String]>([])
        let skips = ImageArguments.Skips(
            image: { name, _ in left.withLock { $0.append(name) } },
            total: { count, all in left.withLock { $0.append("\(count) of \(all)") } })
        let predictions = try run.predictions(of: ImageArguments(paths, skips: skips), top: 1)
        #expect(left.withLock { $0 } == ["bag/13.png", "1 of 25"])
        let damaged = try ImageArguments([pictures.appending(path: "bag/13.png").path], skips: skips)
        #expect(throws: WorkbenchError.self) { _ = try run.predictions(of: damaged, top: 1) }
        #expect(predictions.count == 24)
        #expect(predictions[0].classes == predictions.first { $0.image == "coat/11.png" }?.classes)
        #expect(predictions[1].image == "bag/10.png")
    }
}
