import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Against scikit-learn's and SciPy's figures (`Tests/Goldens/make_score_goldens.py`), and the sanity checks of Neuron Eval.
@Suite struct ExplanationScoreTests {
    private struct Case: Decodable {
        var activations: [Float]
        var present: [Bool]
        var auprc, auc, pearson, mad: Float
        var f1: Float?
    }

    private func scores(_ activations: [Float], _ present: [Bool]) -> ExplanationScores {
        ExplanationScores(
            activations: activations, ConceptSignal(labels: present.map { $0 ? 0 : 1 }, class: 0))
    }

    @Test("Pearson, AUPRC, AUC, F1 and MAD are scikit-learn's and SciPy's, with ties too")
    func goldens() throws {
        let file = Samples.root.appending(path: "Tests/Goldens/scores.json")
        for known in try JSONDecoder().decode([Case].self, from: Data(contentsOf: file)) {
            let found = scores(known.activations, known.present)
            assertClose(
                [found.pearson, found.auprc, found.auc, found.mad], [known.pearson, known.auprc, known.auc, known.mad],
                within: 1e-6, because: "sums in double precision, told in float32")
            if let f1 = known.f1 { assertClose(found.f1, f1, within: 1e-6, because: "counts") }
            #expect(abs(found.iou - found.f1 / (2 - found.f1)) < 1e-6)
        }
    }

    @Test(
        "with labels missing, or as many wrong ones added, Pearson and AUPRC fall; AUC does not notice wrong ones less")
    func sanity() {
        var random = SeededGenerator(seed: 3)
        let truth = (0..<4000).map { $0 % 20 == 0 }
        let activations = truth.map { ($0 ? 3 : 0) + random.nextNormal() }
        var count = 0
        let missing = truth.map { isPresent -> Bool in
            count += isPresent ? 1 : 0
            return isPresent && count % 2 == 0
        }
        let added = truth.indices.map { truth[$0] || $0 % 20 == 7 }
        let whole = scores(activations, truth)
        for worse in [scores(activations, missing), scores(activations, added)] {
            #expect(worse.pearson < whole.pearson - 0.1 && worse.auprc < whole.auprc - 0.1)
            #expect(worse.f1 < whole.f1 - 0.1 && worse.iou < whole.iou - 0.1)
        }
        #expect(abs(scores(activations, missing).auc - whole.auc) < 0.02, "why AUC is no score to trust")
    }

    @Test("monosemanticity is the weighted mean cosine of its pairs of images")
    func monosemanticity() {
        var random = SeededGenerator(seed: 9)
        let embeddings = Tensor([30, 4], (0..<120).map { _ in random.nextNormal() }).normalized()
        let activations = Tensor([2, 30], (0..<60).map { _ in random.nextNormal() })
        let found = Monosemanticity.scores(activations, embeddings: embeddings)
        for unit in 0..<2 {
            let row = activations.row(unit)
            let (least, most) = (row.min()!, row.max()!)
            let a = row.map { Double(($0 - least) / (most - least)) }
            var (above, below) = (0.0, 0.0)
            for i in 0..<30 {
                for j in 0..<30 where i != j {
                    let cosine = zip(embeddings.row(i), embeddings.row(j)).reduce(0.0) { $0 + Double($1.0 * $1.1) }
                    above += a[i] * a[j] * cosine
                    below += a[i] * a[j]
                }
            }
            assertClose(found[unit], Float(above / below), within: 1e-4, because: "float32 sums of thirty images")
        }
        #expect(Monosemanticity.scores(Tensor([1, 30]), embeddings: embeddings) == [0])
    }

    @Test("a unit is scored by labels where its word is a class, else by the concept space, and told from chance")
    func images() throws {
        // Two kinds of images along two axes; the third concept lies between.
        let labels = (0..<400).map { $0 % 2 }
        let embeddings = Tensor([400, 2], labels.flatMap { $0 == 0 ? [1, 0] : [0, 1] as [Float] })
        let half = Float(0.5).squareRoot()
        let concepts = ConceptSet(
            names: ["sock", "glove", "hand"], embeddings: Tensor([3, 2], [1, 0, 0, 1, -half, half]))
        let classes = ConceptSet(names: ["Sock"], embeddings: Tensor([1, 2], [1, 0]))
        let scored = ScoredImages(embeddings: embeddings, labels: labels, classes: classes, concepts: concepts)
        var random = SeededGenerator(seed: 1)
        let first = labels.map { ($0 == 0 ? 1 : 0) + 0.1 * random.nextNormal() }
        let activations = Tensor([3, 400], first + first.map { -$0 } + first)
        let found = try scored.scores(activations, concepts: ["sock", "hand", "glove"], in: concepts)
        #expect(found.map { $0.scores?.basis } == [.labels, .conceptSpace, .conceptSpace])
        #expect(found[0].scores!.pearson > 0.9 && found[1].scores!.pearson > 0.9 && found[2].scores!.pearson < -0.9)
        #expect(!found[0].isNoBetterThanChance && found[2].isNoBetterThanChance)
    }
}
