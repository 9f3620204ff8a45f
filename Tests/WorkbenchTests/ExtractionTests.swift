import Analysis
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
        plan = .bundled
        let images = try Samples.smallImages(in: folder)
        (plan.probeImages, plan.heldOutImages) = (images.probe.path, images.heldOut.path)
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
        plan.promptTemplate = try ConceptList.readTemplates(file).templates.joined(separator: "\n")
        let place = folder.appending(path: "a.study")
        let study = try Workbench(creating: place, plan: plan).prepare()
        try FileManager.default.removeItem(at: file)
        let opened = try Workbench(opening: place)
        #expect(opened.plan == plan)
        #expect(opened.plan.templates.templates == ["a photo of a {}", "{}"])

        let plain = try Workbench(creating: folder.appending(path: "b.study"), plan: self.plan).prepare()
        #expect(study.classes.embeddings != plain.classes.embeddings)
        for norm in study.classes.embeddings.norms() { #expect(abs(norm - 1) < 1e-5) }
        let name = study.classes.names[0]
        let typed = try study.locate(name)
        #expect(typed.target.origin == .name)
        _ = try write("no place\n", to: "wrong.txt")
        #expect(throws: WorkbenchError.self) {
            try ConceptList.readTemplates(folder.appending(path: "wrong.txt"))
        }
    }

    @Test("CLIP as a target model extracts, locates and intervenes")
    func zeroShot() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let bundled = try Workbench(creating: folder.appending(path: "vit.study"), plan: plan).prepare()
        var plan = plan
        (plan.model, plan.layer) = (plan.conceptSpace, "blocks.1")
        #expect(throws: WorkbenchError.needsClasses(model: plan.model)) {
            _ = try Workbench(creating: folder.appending(path: "never.study"), plan: plan)
        }
        plan.classes = try write(bundled.facts.classes.joined(separator: "\n"), to: "classes.txt").path
        let workbench = try Workbench(creating: folder.appending(path: "clip.study"), plan: plan)
        let study = try workbench.prepare()
        #expect(study.facts.classes == bundled.facts.classes)
        #expect(study.facts.accuracy > 0.5, "far above one in ten")
        #expect(study.remainder == nil)
        let found = try study.locate("sneaker")
        let units = found.units.prefix(40).map(\.unit)
        let same = try study.outcome(
            of: Intervention(units: units, operator: .scaling, beta: 1), target: found.target.index)
        #expect(same.before == same.after)
        let removed = try workbench.outcome(
            of: Intervention(units: units, operator: .scaling, beta: 0), target: found.target.index, in: study)
        #expect(removed.after != removed.before)
    }

    @Test("a pooling that does not suit is refused by name")
    func poolings() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = plan
        plan.pooling = "none"
        #expect(
            throws: WorkbenchError.unsuitablePooling("none", layer: "norm", known: ["cls", "mean", "max"])
        ) { _ = try Workbench(creating: folder.appending(path: "never.study"), plan: plan) }
    }

    @Test("images that have an embedding are not embedded again; another layer keeps the logits")
    func reuse() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // The probe images are the held-out images of another study: only their records are shared, by digest.
        let place = folder.appending(path: "a.study")
        try Workbench(creating: place, plan: plan).extract()
        let phases = Mutex<[WorkProgress.Phase]>([])
        try Workbench(opening: place).extract(
            Work(report: { progress in phases.withLock { $0.append(progress.phase) } }))
        #expect(phases.withLock { $0 } == [], "nothing was left to do")

        // Without its files, the activations are made again, and only they.
        let files = place.appending(path: "activations")
        try FileManager.default.removeItem(at: files)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        try Workbench(opening: place).extract(
            Work(report: { progress in phases.withLock { $0.append(progress.phase) } }))
        #expect(Set(phases.withLock { $0 }) == [.activations])
    }
}
