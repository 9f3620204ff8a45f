import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Features of a sparse autoencoder as units of a study, on real images.
@Suite struct FeatureTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    private func plan(layer: String = "norm") throws -> StudyPlan {
        var plan = try StudyPlan.small(in: folder)
        plan.target.layers = [layer]
        return plan
    }

    /// A study whose features are trained, and its features.
    private func featured() throws -> (study: StudiedLayer, features: FeatureSpace) {
        let workbench = try workbench()
        try workbench.extract()
        try workbench.trainAutoencoder(Self.parameters())
        let study = try workbench.prepare(features: true)
        return (study, try #require(study.space(.feature) as? FeatureSpace))
    }

    private func workbench(layer: String = "norm") throws -> TargetLayer {
        try TargetLayer.created(at: folder.appending(path: "f.study"), plan: plan(layer: layer))
    }

    private static func parameters(steps: Int = 120) -> AutoencoderParameters {
        var parameters = AutoencoderParameters(features: 192, k: 8, steps: steps)
        parameters.batch = 128
        parameters.deadAfter = 512
        parameters.rate = 2e-3
        return parameters
    }

    @Test("a trained autoencoder explains held-out images, and its features answer every verb")
    func verbs() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench()
        #expect(try workbench.prepare(features: true).facts.features == 0)
        let report = try workbench.trainAutoencoder(Self.parameters())
        #expect(report.explainedVariance > 0.8)
        #expect(report.l0 <= 8)
        #expect(try workbench.trainAutoencoder(Self.parameters()).seconds == report.seconds, "trained once")

        let study = try workbench.prepare(features: true)
        let features = try #require(study.space(.feature) as? FeatureSpace)
        #expect(try study.facts.features == 192)
        let found = try study.locate("sandal", ranking: .cosine, units: .feature)
        #expect(found.units.count == 192)
        #expect(found.units.allSatisfy { $0.unit.kind == .feature })
        let best = found.units[0].unit
        #expect(try study.unit(best.description) == best)
        #expect(try study.describe(best, count: 3).concepts.count == 3)
        let profile = try study.profile(best)
        let facts = try #require(profile.feature)
        #expect(facts.density > 0 && facts.density < 1)
        #expect(facts.does.count > 0 && facts.nearest.allSatisfy { $0.unit != best })
        #expect(!profile.raises.isEmpty)
        // The correlations are those of the dense columns.
        let neuron = try #require(facts.neurons.first)
        assertClose(
            neuron.score,
            abs(try pearson(features.probe.column(best.index), study.neurons.probe.column(neuron.unit.index))),
            within: 1e-4,
            because: "float32 sums in another order")
        #expect(try study.summaries(.feature).count == 192)
        #expect(throws: WorkbenchError.unknownUnit("f192", layer: "norm", kind: .feature, count: 192)) {
            try study.unit("f192")
        }
    }

    @Test("an autoencoder whose file is gone or damaged is an error that names it and the command that makes it again")
    func damagedAutoencoder() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let layer = try workbench()
        try layer.extract()
        let parameters = Self.parameters(steps: 20)
        try layer.trainAutoencoder(parameters)
        let place = layer.folder.appending(path: "activations")
        let name = try #require(
            FileManager.default.contentsOfDirectory(atPath: place.path).first { $0.hasPrefix("sae-") })
        let file = place.appending(path: name)
        let whole = try Data(contentsOf: file)
        let remedy = Remedy.train(study: layer.folder.path, layer.reference, parameters)
        func refuses(_ error: WorkbenchError) throws {
            let again = try TargetLayer.opened(at: layer.folder)
            _ = try again.prepare()
            #expect(throws: error) { try again.prepare(features: true) }
            try again.trainAutoencoder(parameters)
            #expect(try Data(contentsOf: file) == whole)
            _ = try TargetLayer.opened(at: layer.folder).prepare(features: true)
        }
        try FileManager.default.removeItem(at: file)
        try refuses(.missingFile(file: file.path, remedy))
        var damaged = whole
        damaged[damaged.count - 5] ^= 0x40
        try damaged.write(to: file)
        let piece = (whole.count - 1) / 1024 * 1024
        try refuses(.damagedFile(file: file.path, .bytes(piece..<whole.count), remedy))
        try whole.dropLast(3).write(to: file)
        try refuses(.damagedFile(file: file.path, .size(expected: whole.count, found: whole.count - 3), remedy))
    }

    private func pearson(_ x: [Float], _ y: [Float]) -> Float {
        let (mx, my) = (x.reduce(0, +) / Float(x.count), y.reduce(0, +) / Float(y.count))
        let xy = zip(x, y).reduce(Float(0)) { $0 + ($1.0 - mx) * ($1.1 - my) }
        let xx = x.reduce(Float(0)) { $0 + ($1 - mx) * ($1 - mx) }
        return xy / (xx * y.reduce(Float(0)) { $0 + ($1 - my) * ($1 - my) }).squareRoot()
    }

    @Test("the exact curve of features agrees with editing codes, the reconstruction error kept")
    func curve() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (study, features) = try featured()
        guard case .linear(let remainder) = try study.heldOut.remainder else {
            Issue.record("a linear rest")
            return
        }
        let units = try study.locate("bag", ranking: .cosine, units: .feature).units.prefix(12).map(\.unit)
        for kind in Operator.allCases {
            let curve = try study.curve(units: units, operator: kind, target: 8)
            #expect(
                try curve.accuracy(at: kind.identity).overall == study.facts.accuracy, "nothing changes at the identity"
            )
            for beta in [0.0, 0.5, 2] {
                var edited = try study.heldOut.activations
                features.autoencoder.apply(
                    Steering(Intervention(units: units, operator: kind, beta: beta)), to: &edited,
                    rows: Array(0..<384))
                let right = zip(remainder.logits(edited).argmax(), try study.heldOut.labels).count { $0 == $1 }
                // A float32 tie between two classes may fall either way.
                #expect(abs(curve.accuracy(at: beta).overall - Double(right) / 384) <= 1.0 / 384)
            }
        }
        let intervention = Intervention(units: units, operator: .scaling, beta: 0)
        let outcome = try study.outcome(of: intervention, target: 8)
        #expect(outcome.after != outcome.before)
    }

    @Test("neurons and features are steered at once: what both move adds up, and the curve is exact")
    func mixed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (study, _) = try featured()
        let feature = try study.locate("bag", ranking: .cosine, units: .feature).units[0].unit
        let found = try study.locate("45- \(feature) 17+")
        #expect(found.units.map(\.unit.description) == ["norm:45-", feature.description, "norm:17+"])
        let neurons = found.units.map(\.unit).filter { $0.kind == .neuron }
        let images = Array(0..<384)
        for kind in Operator.allCases {
            func logits(_ interventions: Intervention...) throws -> Tensor {
                try study.editedLogits(images, Steering(interventions, moving: 0))
            }
            let beta = kind == .scaling ? 3.0 : 2
            func acting(on units: [InternalUnit]) -> Intervention {
                Intervention(units: units, operator: kind, beta: beta)
            }
            let plain = try study.editedLogits(images, .nothing)
            let (first, second) = (try logits(acting(on: neurons)), try logits(acting(on: [feature])))
            let both = try logits(acting(on: found.units.map(\.unit)))
            #expect(first != plain && second != plain)
            assertClose(
                both.values, plain.values.indices.map { first.values[$0] + second.values[$0] - plain.values[$0] },
                within: 1e-4, because: "the rest is linear; three float32 sums over 96 units beside one")
            assertClose(
                try logits(acting(on: [feature]), acting(on: neurons)), both, within: 1e-4,
                because: "neither kind sees what the other moved")
            let curve = try study.curve(units: found.units.map(\.unit), operator: kind, target: 8)
            let right = zip(both.argmax(), try study.heldOut.labels).count { $0 == $1 }
            // A float32 tie between two classes may fall either way.
            #expect(abs(curve.accuracy(at: beta).overall - Double(right) / 384) <= 1.0 / 384)
            let outcome = try study.outcome(of: acting(on: found.units.map(\.unit)), target: 8)
            #expect(abs(outcome.after.overall - Double(right) / 384) <= 1.0 / 384)
        }
    }

    @Test("below the last layer the forward pass goes on from edited codes; β = 1 changes nothing")
    func deepLayer() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench(layer: "blocks.2")
        try workbench.extract()
        try workbench.trainAutoencoder(Self.parameters())
        let study = try workbench.prepare(features: true)
        let units = try study.locate("bag", ranking: .cosine, units: .feature).units.prefix(20).map(\.unit)
        let same = try study.outcome(of: Intervention(units: units, operator: .scaling, beta: 1), target: 8)
        #expect(same.before == same.after)
        let removed = try study.outcome(of: Intervention(units: units, operator: .scaling, beta: 0), target: 8)
        #expect(removed.after != removed.before)
        // With neurons beside, which are scaled as the model has them.
        let neuron = try study.unit("5+")
        let images = Array(0..<16)
        let both = Steering(
            [units, [neuron]].map { Intervention(units: $0, operator: .scaling, beta: 0) }, moving: 0)
        let alone = Steering(Intervention(units: units, operator: .scaling, beta: 0))
        #expect(try study.editedLogits(images, both) != study.editedLogits(images, alone))
        let together = Steering(Intervention(units: units + [neuron], operator: .scaling, beta: 0))
        assertClose(
            try study.editedLogits(images, together), try study.editedLogits(images, both), within: 1e-4,
            because: "the same edits, written as one")
    }

    @Test("a training stopped half-way goes on from its file and ends with the same report")
    func interruption() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        struct Stop: Error {}
        let workbench = try workbench()
        try workbench.extract()
        let parameters = Self.parameters(steps: 200)
        #expect(throws: Stop.self) {
            try workbench.trainAutoencoder(parameters, Work(report: { _ in }, checkCancellation: { throw Stop() }))
        }
        let folder = workbench.folder.appending(path: "activations")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.contains { $0.hasSuffix(".training.safetensors") })
        let resumed = try workbench.trainAutoencoder(parameters)
        let after = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!after.contains { $0.hasSuffix(".training.safetensors") })

        let whole = try TargetLayer.created(at: self.folder.appending(path: "w.study"), plan: plan())
        try whole.extract()
        let report = try whole.trainAutoencoder(parameters)
        #expect(report.explainedVariance == resumed.explainedVariance)
        #expect(report.deadShare == resumed.deadShare)
    }

    @Test("a table's seeds train other autoencoders and leave the study's what it is")
    func seeds() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench()
        try workbench.extract()
        try workbench.trainAutoencoder(Self.parameters())
        let own = try #require(try workbench.prepare(features: true).space(.feature) as? FeatureSpace).autoencoder
        var request = InterventionTableRequest()
        (request.kinds, request.sizes) = ([.feature], [5])
        let table = try workbench.prepare().interventionTable(request)
        #expect(table.features?.isTrainedBySeed == true && table.features?.count == own.count)
        #expect(try (workbench.prepare().space(.feature) as? FeatureSpace)?.autoencoder == own)
        let cell = try #require(table.cells.first { $0.method == .respondingContribution && $0.beta == 0.5 })
        #expect(Set(cell.classChanges).count == 3, "another autoencoder has other features")

        let place = folder.appending(path: "exported")
        try workbench.exportAutoencoder(to: place)
        try workbench.importAutoencoder(place)
        #expect(try workbench.prepare().interventionTable(request).features?.isTrainedBySeed == false)
    }

    @Test("features are laid out by what they respond to, once, without the dead ones; their quality is measured")
    func map() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (study, features) = try featured()
        let living = features.probe.means.count { $0 > 0 }
        var parameters = TSNEParameters(perplexity: 10, seed: 4)
        parameters.iterations = 100
        let map = try study.map(units: .feature, parameters: parameters, categories: nil)
        #expect(map.points.count == living && map.deadFeatures == 192 - living)
        #expect(map.points.allSatisfy { $0.unit.kind == .feature && $0.class != nil })
        #expect(map.classSilhouette.map { $0.score > $0.shuffledMean && $0.shuffles == 1000 } == true)
        var iterations = 0
        let again = try study.map(units: .feature, parameters: parameters, categories: nil) {
            iterations = $1.iteration
        }
        #expect(iterations == 0 && again == map, "from the study")
        let neurons = try study.map(parameters: parameters, categories: nil)
        #expect(neurons.points.count == 192 && neurons.points.allSatisfy { $0.unit.kind == .neuron })

        let qualities = try study.qualities(.feature)
        #expect(qualities.count == 192 && qualities.values.count { $0.isDead } == 192 - living)
        let best = try #require(map.points.first)
        #expect(
            qualities[best.unit]?.selectiveClass.map { study.classes.names[$0] } == best.class.map { map.classes[$0] })
    }

    @Test("without an autoencoder, features are refused by name")
    func none() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let workbench = try workbench()
        let study = try workbench.prepare(features: true)
        let refused = WorkbenchError.noAutoencoder(study: workbench.folder.path)
        #expect(throws: refused) { _ = try study.locate("bag", units: .feature) }
        #expect(throws: refused) { try workbench.exportAutoencoder(to: folder.appending(path: "out")) }
    }
}
