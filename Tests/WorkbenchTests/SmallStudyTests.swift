import Analysis
import Files
import Foundation
import LinearAlgebra
import Synchronization
import TestSupport
import Testing
import Workbench

/// The whole path on 896 real images, with the bundled models.
@Suite struct SmallStudyTests {
    private let folder: URL
    private let small: StudyPlan

    init() throws {
        folder = try Samples.temporaryFolder()
        small = try .small(in: folder)
    }

    private func plan(layer: String = "norm", pooling: String = "cls") -> StudyPlan {
        var plan = small
        (plan.target.layers, plan.target.pooling) = ([layer], pooling)
        return plan
    }

    private func workbench(_ name: String = "a.study", layer: String = "norm", pooling: String = "cls") throws
        -> TargetLayer
    {
        try TargetLayer.created(at: folder.appending(path: name), plan: plan(layer: layer, pooling: pooling))
    }

    @Test("a prepared study tells its facts, and opening it again computes nothing")
    func preparing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench().prepare()
        let facts = try study.facts
        #expect(facts.probeImages == 512)
        #expect(facts.heldOutImages == 384)
        #expect(facts.classes.count == 10)
        #expect(facts.accuracy > 0.8)
        #expect(facts.remainder == .linear && facts.addingReach > 0)

        let reported = Mutex<[WorkProgress]>([])
        let again = try TargetLayer.opened(at: folder.appending(path: "a.study"))
            .prepare(Work(report: { progress in reported.withLock { $0.append(progress) } }))
        #expect(reported.withLock { $0 } == [], "nothing was left to do")
        #expect(again.encoder == study.encoder)
        #expect(try again.heldOut.activations == study.heldOut.activations)
    }

    @Test("a study stopped at any batch goes on and ends with the same numbers", arguments: [1, 2, 3, 4, 6, 9])
    func interruption(batches: Int) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Stop: Error {}
        let whole = try workbench("whole.study").prepare()
        let asked = Mutex(0)
        let stopping = Work(checkCancellation: {
            let count = asked.withLock { value in
                value += 1
                return value
            }
            if count > batches { throw Stop() }
        })
        #expect(throws: Stop.self) { _ = try workbench("cut.study").prepare(stopping) }
        let resumed = try TargetLayer.opened(at: folder.appending(path: "cut.study")).prepare()
        #expect(try resumed.heldOut.activations == whole.heldOut.activations)
        #expect(try resumed.heldOut.logits == whole.heldOut.logits)
        #expect(try resumed.neurons.probe.values == whole.neurons.probe.values)
        #expect(resumed.neurons.probe.statistics == whole.neurons.probe.statistics)
        #expect(try resumed.probeEmbeddings == whole.probeEmbeddings)
        #expect(resumed.encoder == whole.encoder)
    }

    @Test("the exact curve agrees with the model run again on edited activations")
    func curveAgainstForward() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let linear = try workbench("norm.study").prepare()
        let units = try linear.locate("sandal").units.prefix(12).map(\.unit)
        let curve = try linear.curve(units: units, operator: .scaling, target: 5)
        let images = try linear.heldOut
        guard case .linear(let remainder) = images.remainder else {
            Issue.record("a linear rest")
            return
        }
        for beta in [0.0, 0.5, 1, 2] {
            var edited = images.activations
            Intervention(units: units, operator: .scaling, beta: beta).apply(to: &edited, rows: 0..<384)
            let right = zip(remainder.logits(edited).argmax(), images.labels).count { $0 == $1 }
            // A float32 tie between two classes may fall either way.
            #expect(abs(curve.accuracy(at: beta).overall - Double(right) / 384) <= 1.0 / 384)
        }
    }

    @Test("below the last layer an intervention resumes the forward pass; β = 1 changes nothing")
    func deepLayer() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench(layer: "blocks.2")
        let study = try workbench.prepare()
        #expect(try study.heldOut.remainder.kind == .resumed)
        #expect(throws: WorkbenchError.notLinear(layer: "blocks.2")) {
            _ = try study.curve(units: [], operator: .scaling, target: 0)
        }
        let units = try study.locate("bag").units.prefix(40).map(\.unit)
        let same = try study.outcome(of: Intervention(units: units, operator: .scaling, beta: 1), target: 8)
        #expect(same.before == same.after)
        #expect(try same.before.overall == study.facts.accuracy)
        let removing = Intervention(units: units, operator: .scaling, beta: 0)
        let partial = Mutex<[Int]>([])
        let removed = try study.outcome(of: removing, target: 8) { outcome in
            partial.withLock { $0.append(outcome.images) }
        }
        #expect(partial.withLock { $0 } == [256, 384])
        #expect(removed.after != removed.before)
        let cached = try study.outcome(of: removing, target: 8) { _ in
            Issue.record("a complete outcome is not counted again")
        }
        #expect(cached == removed)
    }

    @Test("mean pooling reads and edits every token")
    func meanPooling() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench(layer: "blocks.3", pooling: "mean").prepare()
        #expect(try study.heldOut.remainder.kind == .resumed)
        let units = try study.locate("sneaker").units.prefix(30).map(\.unit)
        let outcome = try study.outcome(of: Intervention(units: units, operator: .scaling, beta: 0), target: 7)
        #expect(outcome.images == 384)
        #expect(outcome.after != outcome.before)
    }

    @Test(
        "a unit's name is the unit alone wherever a concept goes; of another layer it is refused, and else it is a text"
    )
    func unitsAsConcepts() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try workbench().prepare()
        for ranking in Ranking.allCases {
            let found = try study.locate(" norm:45- ", ranking: ranking)
            #expect(found.units == [RankedUnit(unit: try study.unit("45-"), score: 1)] && found.isExact)
        }
        #expect(try study.locate("norm:45").units.first?.unit.pole == .positive)
        // Its class is the one that the unit's own direction is nearest to.
        let direction = study.encoder.embeddings(of: [try study.unit("45-")])
        let nearest = multiply(direction, .plain, study.classes.embeddings, .transposed).argmax()[0]
        #expect(try study.locate("norm:45-").target.index == nearest)
        #expect(throws: WorkbenchError.unknownUnit("blocks.1:3+", layer: "norm", kind: .neuron, count: 96)) {
            try study.locate("blocks.1:3+")
        }
        #expect(throws: WorkbenchError.unknownUnit("norm:96", layer: "norm", kind: .neuron, count: 96)) {
            try study.locate("norm:96")
        }
        #expect(try study.locate("ratio:16").units.count == 96, "no layer of that name: a text")
    }

    @Test("findings are kept, noted, deleted, put back and exported with their notes")
    func findings() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench()
        let study = try workbench.prepare()
        let unit = try study.unit("3-")
        let id = try workbench.keep(
            Finding(subject: .unit(try study.describe(unit, count: 2)), note: "odd, \"quoted\" | piped", created: 0))
        let found = try study.locate("boot")
        let intervention = Intervention(units: found.units.prefix(3).map(\.unit), operator: .adding, beta: 0.5)
        let outcome = try study.outcome(of: intervention, target: found.target.index)
        try workbench.keep(
            Finding(
                subject: .intervention(concept: "boot", target: found.target, intervention, outcome),
                origin: try study.facts.reference, created: 60))
        try workbench.setNote("second thoughts, \"quoted\" | piped", ofFinding: id)
        let removed = try #require(try workbench.deleteFinding(id))
        #expect(try workbench.findings().count == 1)
        try workbench.keep(removed)
        #expect(try workbench.findings().map(\.id) == [id, id + 1])

        let csv = try workbench.exportedFindings(as: .csv)
        #expect(csv.contains("\"second thoughts, \"\"quoted\"\" | piped\""))
        #expect(csv.components(separatedBy: "\r\n").count == 4)
        let markdown = try workbench.exportedFindings(as: .markdown)
        #expect(markdown.contains("> second thoughts, \"quoted\" \\| piped"))
        let command =
            "miclip intervene --units \(intervention.units.map(\.description).joined(separator: ",")) --add 0.5"
        #expect(markdown.contains(command) && csv.contains(command))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(workbench.exportedFindings(as: .json).utf8)) as? [String: Any])
        let rows = try #require(json["findings"] as? [[String: Any]])
        #expect(rows.map { $0["kind"] as? String } == ["unit", "intervention"])
        #expect(rows.map { $0["layer"] as? String } == [nil, "norm"] && rows[1]["pooling"] as? String == "cls")
        let before = try #require((rows[1]["classAccuracy"] as? [String: Double])?["before"])
        #expect(abs(before - outcome.before.ofClass) < 1e-12, "decimals round in their last digit")

        let first = try workbench.export(as: .csv, into: folder)
        let second = try workbench.export(as: .csv, into: folder)
        #expect(first != second, "an export never writes over another")
        let page = try workbench.exportedFindings(as: .html)
        #expect(page.contains("<svg") && page.contains("second thoughts, &quot;quoted&quot; | piped"))
        #expect(page.contains("Accuracy over β"), "the rest of the network is linear")

        var third = try #require(try workbench.findings().last)
        (third.id, third.created) = (nil, 120)
        third.provenance = try study.provenance(of: Search(concept: "boot", rankings: [.rivals]))
        try workbench.keep(third)
        let file = try workbench.export(as: .json, into: folder)
        let taken = try workbench.study.importFindings(from: file)
        #expect((taken.imported, taken.known) == (0, 3), "what is there is not taken twice")
        let other = try self.workbench("b.study")
        _ = try other.prepare()
        let report = try other.study.importFindings(from: file)
        #expect((report.imported, report.madeWithOther) == (3, 0) && report.withoutLayer.isEmpty)
        let (ours, theirs) = (try workbench.findings(), try other.findings())
        #expect(theirs.map(\.subject) == ours.map(\.subject) && theirs.map(\.note) == ours.map(\.note))
        #expect(theirs.map(\.provenance) == ours.map(\.provenance))
    }

    @Test("what a unit moves in later layers is measured there; β = 1 moves nothing")
    func circuits() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var plan = small
        plan.target.layers = ["blocks.1", "blocks.2", "norm"]
        let study = try Study(creating: folder.appending(path: "deep.study"), plan: plan)
        for layer in try study.layers() { _ = try layer.prepare() }
        let layer = try study.layer("blocks.1").prepare()
        let unit = try layer.unit("7+")
        let told = Mutex(0)
        let circuit = try layer.circuit(of: unit, images: 16) { _ in told.withLock { $0 += 1 } }
        #expect(circuit.layers.map(\.reference.layer) == ["blocks.2", "norm"])
        #expect(circuit.images == 16 && circuit.imagesInAll == 51 && told.withLock { $0 } == 1)
        for layer in circuit.layers {
            #expect(layer.moved.count == 20 && layer.moved.allSatisfy { $0.concept != nil && $0.halfWidth >= 0 })
            #expect(layer.moved.contains { abs($0.change) > $0.halfWidth }, "something moves for sure")
            let sizes = layer.moved.map { abs($0.change) }
            #expect(sizes == sizes.sorted(by: >))
        }
        let still = try layer.circuit(of: unit, beta: 1, images: 8)
        #expect(still.layers.flatMap(\.moved).allSatisfy { abs($0.change) < 1e-4 })
        let last = try study.layer("norm").prepare()
        #expect(try last.circuit(of: last.unit("3-")).layers.isEmpty, "nothing is studied behind it")
    }

    @Test("units alike: cosines and correlations are those of the embeddings and the activations")
    func kin() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try workbench().prepare()
        let unit = try layer.unit("5-")
        let kin = try layer.kin(of: unit)
        #expect(kin.nearest.count == 10 && kin.correlated.count == 10 && kin.images == 512)
        #expect((kin.nearest + kin.correlated).allSatisfy { $0.unit.index != 5 })
        let best = try #require(kin.nearest.first)
        let embeddings = layer.encoder.embeddings(of: layer.neurons.units.filter { $0.index != 5 } + [unit])
        let own = embeddings.row(embeddings.rows - 1)
        let greatest =
            (0..<embeddings.rows - 1).map { row in
                zip(embeddings.row(row), own).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            }.max() ?? 0
        assertClose(best.score, greatest, within: 1e-5, because: "sums of float32 in another order")
        let strongest = try #require(kin.correlated.first)
        let pair = try layer.pair(unit, strongest.unit)
        #expect(pair.correlation == strongest.score)
        #expect(kin.correlated.allSatisfy { $0.score > 0 }, "of each neuron the pole that goes along")
        #expect(try layer.pair(unit, unit).correlation > 0.9999)
        #expect(try layer.pair(unit, layer.unit("5+")).correlation < -0.9999, "the other pole")
    }

    @Test("a table of units is written in the order asked for, a row a unit")
    func unitTable() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try workbench().prepare()
        let units = try ["5-", "3+"].map(layer.unit)
        let file = try layer.writeTable(units, .neuron, name: "units", into: folder)
        let rows = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\r\n")
        #expect(rows.count == 4 && rows[1].hasPrefix("norm:5-,") && rows[2].hasPrefix("norm:3+,"))
        #expect(rows.dropLast().allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 14 })
    }

    @Test("long work from the explorer does what the commands do, and goes on where it was stopped")
    func longWork() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try workbench()
        _ = try layer.prepare()
        let added = try layer.carryOut(.extract(layer: "blocks.2", pooling: nil), Work())
        #expect(added.layers.map(\.reference.layer) == ["norm", "blocks.2"] && added.layers.allSatisfy(\.isComplete))
        #expect(added.changes == nil)
        let aligned = try layer.carryOut(.align(.infoNCE, seed: 5), Work())
        #expect(try layer.alignmentParameters().method == .infoNCE && layer.alignmentParameters().seed == 5)
        #expect(aligned.changes == layer.reference && aligned.summary.contains("kept"))
        struct Stop: Error {}
        let asked = Mutex(0)
        let stopping = Work(checkCancellation: {
            if asked.withLock({
                $0 += 1
                return $0
            }) > 20 {
                throw Stop()
            }
        })
        #expect(throws: Stop.self) { _ = try layer.carryOut(.train(.multiple(2), k: 4, seed: 0), stopping) }
        #expect(try layer.prepare(features: true).facts.features == 0, "what is not whole is not the layer's")
        let trained = try layer.carryOut(.train(.multiple(2), k: 4, seed: 0), Work())
        #expect(trained.summary.hasPrefix("192 features"))
        #expect(try layer.prepare(features: true).facts.features == 192)
        #expect(throws: WorkbenchError.featureCount("3", k: 4)) {
            _ = try layer.carryOut(.train(.number(3), k: 4, seed: 0), Work())
        }
    }

    @Test("a wrong plan is refused and leaves no study behind")
    func wrongPlans() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "never.study")
        #expect(throws: WorkbenchError.self) { _ = try TargetLayer.created(at: place, plan: plan(layer: "blocks.9")) }
        #expect(throws: WorkbenchError.self) { _ = try TargetLayer.created(at: place, plan: plan(pooling: "median")) }
        var unlabelled = plan()
        let lonely = folder.appending(path: "lonely-images-idx3-ubyte")
        try FileManager.default.copyItem(atPath: small.probeImages, toPath: lonely.path)
        unlabelled.heldOutImages = lonely.path
        #expect(throws: WorkbenchError.missingLabels(images: lonely.path, expected: "lonely-labels-idx1-ubyte")) {
            _ = try TargetLayer.created(at: place, plan: unlabelled)
        }
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test("concept lists: comments and blank lines are skipped; empty lists and wrong bytes are named")
    func conceptLists() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "concepts.txt")
        try Data("# head\r\n\n  boot \nlace\n#no\n".utf8).write(to: file)
        #expect(try ConceptList.readClasses(file) == ["boot", "lace"])
        try Data("# nothing\n".utf8).write(to: file)
        #expect(throws: FileError.malformedList(file: file.path, line: 0, .empty)) {
            _ = try ConceptList.readClasses(file)
        }
        try (Data("boot\nshoe\n".utf8) + Data([0xC3, 0x28, 0x0A])).write(to: file)
        #expect(throws: FileError.malformedList(file: file.path, line: 3, .encoding)) {
            _ = try ConceptList.readClasses(file)
        }
        try Data("\u{FEFF}boot\rlace\rboot ".utf8).write(to: file)
        #expect(try ConceptList.readConcepts(file) == ["boot", "lace"], "a concept is one however often it is written")
        #expect(try ConceptList.readClasses(file) == ["boot", "lace", "boot"], "classes keep their places")
    }
}
