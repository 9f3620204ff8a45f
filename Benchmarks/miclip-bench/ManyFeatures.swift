import Analysis
import Explorer
import Foundation
import LinearAlgebra
import ScriptedExplorer
import Workbench

/// 100,000 features in a space of 512 dimensions: the localization of a typed concept, and scrolling their list.
enum ManyFeatures {
    private static let clock = ContinuousClock()

    static func measure() throws {
        let (features, width, images) = (100_000, 512, 10_000)
        var generator = SeededGenerator(seed: 1)
        func random(_ rows: Int) -> Tensor {
            Tensor([rows, width]) { values in
                for i in values.indices {
                    values[i] = Float(Int32(truncatingIfNeeded: generator.next() >> 32)) * 0x1p-31
                }
            }
        }
        let offsets = (0...images).map { 32 * $0 }
        let indices = (0..<images).flatMap { _ in
            (0..<32).map { Int32($0 * 3125) + Int32(generator.next() % 3125) }
        }
        let codes = SparseRows(
            columns: features, offsets: offsets, indices: indices, values: indices.map { Float(1 + $0 % 7) })
        let names = (0..<200).map { "concept \($0)" }
        let concepts = ConceptSet(names: names, embeddings: random(200).normalized())
        let classes = ConceptSet(names: ["a", "b"], embeddings: random(2).normalized())
        // A layer of one neuron: what the features do is not looked at.
        let direction = Tensor([features, 1])
        let probe = ProbeActivations(
            values: Tensor([images, 1]), predictions: (0..<images).map { $0 % 2 }, classes: 2)
        let neurons = NeuronSpace(
            encoder: NeuronEncoder(layer: "layer", weights: random(1), isSigned: false), probe: probe,
            answers: ProbeAnswers(probe, head: LinearRemainder(weights: Tensor([2, 1], [1, 0]), bias: [0, 0])),
            context: ConceptContext(
                concepts: concepts, classes: classes, imageEmbeddings: random(images).normalized()))
        let space = FeatureSpace(
            SparseAutoencoder(
                layer: "layer", encoder: direction, encoderBias: Array(repeating: 0, count: features),
                decoder: direction, decoderBias: [0], activation: .relu),
            neurons: neurons, codes: codes, responding: random(features))
        let queries = random(200).normalized()
        for ranking in Ranking.allCases {
            let times = try (0..<200).map { query in
                let began = clock.now
                _ = try space.locate(ConceptQuery("typed", embedding: queries.row(query), ranking: ranking))
                return (clock.now - began) / .milliseconds(1)
            }
            report("localization by \(ranking.rawValue)", times, "(bound: 16 p99)")
        }
        scroll(try space.summaries())
    }

    /// A key of a typed concept to the frame with its features, in the real explorer: text tower of the bundled CLIP,
    /// 100,000 random features imported into the bundled study (whose concept space has 64 dimensions), effects, screen.
    static func measureTyping() throws {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "miclip-bench-features-\(getpid())")
        defer { try? files.removeItem(at: folder) }
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        let study = folder.appending(path: "many.study")
        let workbench = try Study(creating: study, plan: .bundled).layer()
        let width = try workbench.prepare().encoder.count
        var generator = SeededGenerator(seed: 2)
        let directions = Tensor([100_000, width], (0..<100_000 * width).map { _ in generator.nextNormal() })
            .normalized()
        let autoencoder = SparseAutoencoder(
            layer: "norm", encoder: directions, encoderBias: Array(repeating: 0, count: 100_000), decoder: directions,
            decoderBias: Array(repeating: 0, count: width), activation: .topK(32))
        try autoencoder.exportSAELens(to: folder.appending(path: "sae"), model: "random")
        try workbench.importAutoencoder(folder.appending(path: "sae"))
        let (explorer, _) = ScriptedExplorer.opened(study)
        defer { explorer.quit() }
        explorer.showFeatures()
        report("in the explorer, the first letter", [explorer.measureFirstLetter()], "")
        report("in the explorer, while their quality is measured", explorer.measureConceptKeys(), "(bound: 16 p99)")
        report(
            "in the explorer, the same at eight letters a second",
            explorer.measureConceptKeys(pause: 0.125), "(bound: 16 p99)")
        let isMeasured = explorer.state?.units.isMeasured(.feature) ?? false
        if isMeasured { print("100k features: their quality was measured before the last of these keys") }
        explorer.waitForQuality()
        report("in the explorer", explorer.measureConceptKeys(), "(bound: 16 p99)")
    }

    private static func report(_ what: String, _ times: [Double], _ bound: String) {
        print(
            "100k features \(what)".padding(toLength: 63, withPad: " ", startingAt: 0) + "\(spread(times)) ms \(bound)")
    }

    /// A key down, to the frame that answers it.
    private static func scroll(_ summaries: [UnitSummary]) {
        var state = State(size: Size(columns: 120, rows: 40), appearance: Appearance(themes: []))
        var facts = StudyFacts(
            study: "many", model: "m", layer: "layer", probeImages: 1, heldOutImages: 1, units: summaries.count,
            isSigned: false, concepts: 200, classes: ["a", "b"], accuracy: 1)
        (facts.remainder, facts.addingReach) = (.linear, 1)
        var effects = update(&state, .opened(facts))
        effects += update(&state, .terminal(.key(.escape)))
        for case .listUnits(_, let job) in effects { _ = update(&state, .listed(UnitTable(summaries), job)) }
        _ = update(&state, .terminal(.key(.character("2"))))
        let times = (0..<400).map { step in
            let began = clock.now
            _ = update(&state, .terminal(.key(step % 40 == 39 ? .end : step % 3 == 0 ? .pageDown : .down)))
            _ = view(state, size: state.size)
            return (clock.now - began) / .milliseconds(1)
        }
        report("a step in their list, frame drawn", times, "(bound: 16)")
    }
}
