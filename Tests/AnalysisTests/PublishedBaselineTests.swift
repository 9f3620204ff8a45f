import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// CLIP-Dissect's similarities against its own code, run on the same 1,000 random units
/// (`Tests/Goldens/make_clip_dissect_goldens.py`), and the other baselines against their definitions.
@Suite struct PublishedBaselineTests {
    private struct Golden: Decodable {
        struct Scores: Decodable {
            var first: [Int]
            var scores: [Float]
        }
        var images, units, concepts, shown: Int
        var soft_wpmi, wpmi, rank_reorder, cos_similarity_cubed: Scores
    }

    private static let golden: Golden = {
        let file = Samples.root.appending(path: "Tests/Goldens/clip-dissect.json")
        guard let golden = try? JSONDecoder().decode(Golden.self, from: Data(contentsOf: file)) else {
            preconditionFailure("no golden at \(file.path)")
        }
        return golden
    }()

    private let golden = Self.golden

    /// splitmix64's output for each place of a matrix, row by row, as the script draws it.
    private static func mixed(_ seed: UInt64, _ count: Int) -> [UInt64] {
        (0..<UInt64(count)).map { place in
            var x = (place &+ seed << 40) &* 0x9E37_79B9_7F4A_7C15
            x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
            x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
            return x ^ (x >> 31)
        }
    }

    /// [images, units]
    private static let activations: Tensor = {
        let (images, units) = (golden.images, golden.units)
        let drawn = mixed(1, units * images)
        var result = Tensor([images, units])
        for unit in 0..<units {
            let order = (0..<images).sorted { drawn[unit * images + $0] < drawn[unit * images + $1] }
            for (rank, image) in order.enumerated() {
                let x = Double(rank - 250) / Double(images)
                result[image, unit] = Float(x * x * x)
            }
        }
        return result
    }()

    private let probe = ProbeActivations(
        values: Self.activations, predictions: [Int](repeating: 0, count: Self.golden.images), classes: 1)

    /// [images, concepts]
    private let cosines = Tensor(
        [Self.golden.images, Self.golden.concepts],
        Self.mixed(2, Self.golden.images * Self.golden.concepts).map { Float(0.15 + 0.2 * Double($0 >> 40) / 0x1p24) })

    /// Rows of an identity: image rows then are their cosines.
    private var axes: Tensor {
        var result = Tensor([golden.concepts, golden.concepts])
        for c in 0..<golden.concepts { result[c, c] = 1 }
        return result
    }

    private var poles: [ProbePole] { ProbePole.all(golden.units) }

    private func expect(_ scores: Tensor, _ published: Golden.Scores, sourceLocation: SourceLocation = #_sourceLocation)
    {
        #expect(scores.argmax() == published.first, "first words", sourceLocation: sourceLocation)
        assertClose(
            Array(scores.values.prefix(golden.shown * golden.concepts)), published.scores, within: 1e-4,
            because: "float32 sums of a hundred logarithms", sourceLocation: sourceLocation)
    }

    @Test("soft-WPMI and WPMI are the published code's: first words of 1,000 units, scores within 1e-4")
    func pointwiseMutualInformation() throws {
        for (method, published) in [(WeightedPMI.soft, golden.soft_wpmi), (.hard, golden.wpmi)] {
            let shares = ConceptShares(images: cosines, concepts: axes, sharpness: method.sharpness).shares(of: axes)
            let top = try TopImages(probe, poles: poles, count: 150)
            expect(method.scores(top, shares: shares), published)
        }
    }

    @Test("cosine cubed is the published code's")
    func cubed() throws {
        expect(try CosineCubed(probe, poles: poles).scores(cosines: cosines.transposed()), golden.cos_similarity_cubed)
    }

    @Test("rank reorder is the published code's but for its drawn yardstick, one number a unit")
    func rankReorder() throws {
        let scores = RankReorder.scores(
            try TopImages(probe, poles: poles, count: golden.images / 20), cosines: cosines)
        #expect(scores.argmax() == golden.rank_reorder.first)
        for unit in 0..<golden.shown {
            let published = Array(golden.rank_reorder.scores[unit * golden.concepts..<(unit + 1) * golden.concepts])
            let (own, best) = (scores.row(unit), golden.rank_reorder.first[unit])
            assertClose(
                own.map { $0 / own[best] }, published.map { $0 / published[best] }, within: 1e-4,
                because: "float32 sums of thirty cubes")
            #expect(abs(own[best] / published[best] - 1) < 0.5, "five permutations estimate the mean over all")
        }
    }

    @Test("a share of some concepts is their share among the whole set")
    func shares() {
        let all = ConceptShares(images: cosines, concepts: axes, sharpness: 10)
        let some = all.shares(of: axes.rows(at: [3, 7]))
        let whole = all.shares(of: axes)
        assertClose(some, whole.columns(at: [3, 7]), within: 1e-6, because: "the same sums in the same order")
        for row in [0, 99] {
            assertClose(whole.row(row).reduce(0, +), 1, within: 1e-5, because: "shares of a whole, in float32")
        }
    }

    @Test("features that are seldom or never active do not come first by votes they have not")
    func silentFeatures() throws {
        // Images of two kinds by turns; feature 0 is active on one kind, 1 on one image of it, 2 never.
        var dense = Tensor([200, 3])
        for image in stride(from: 0, to: 200, by: 2) { dense[image, 0] = 1 + Float(image) / 100 }
        dense[40, 1] = 1
        let features = FeatureActivations(
            codes: SparseRows(dense), predictions: (0..<200).map { $0 % 2 }, classes: 2)
        let images = Tensor([200, 2], (0..<200).flatMap { $0 % 2 == 0 ? [Float(1), 0] : [0, 1] })
        let concepts = ConceptSet(names: ["even", "odd"], embeddings: Tensor([2, 2], [1, 0, 0, 1]))
        let context = ConceptContext(
            concepts: Once(value: concepts), classes: concepts, imageEmbeddings: Once(value: images))
        for similarity in [PublishedSimilarity.clipDissect, .weightedPMI] {
            let scores = try similarity.scores(features, poles: ProbePole.all(3), concepts, context)
            #expect(scores[0, 0] > scores[1, 0] && scores[0, 0] > scores[2, 0], "\(similarity)")
            #expect(scores[0, 0] > scores[0, 1], "\(similarity)")
        }
    }

    @Test("the other side of a unit is the unit with its activations negated")
    func sides() throws {
        var negated = Self.activations
        negated.withUnsafeMutable { for i in $0.indices { $0[i].negate() } }
        let mirror = ProbeActivations(
            values: negated, predictions: [Int](repeating: 0, count: golden.images), classes: 1)
        let own = try TopImages(probe, poles: [ProbePole(index: 5, sign: -1)], count: 20)
        let other = try TopImages(mirror, poles: [ProbePole(index: 5)], count: 20)
        #expect(own.images == other.images && own.activations == other.activations)
    }

    @Test("Network Dissection: the overlap of the top half a percent with each label, by its definition")
    func networkDissection() throws {
        let labels = (0..<golden.images).map { $0 % 3 }
        let top = try TopImages(probe, poles: ProbePole.all(5), count: 10)
        let scores = NetworkDissection.scores(top, labels: labels, of: 3)
        #expect(NetworkDissection.images(of: golden.images) == 3)
        for unit in 0..<5 {
            let above = Set(probe.statistics.imageCount > 0 ? top.images[unit].prefix(3) : [])
            for c in 0..<3 {
                let own = Set(labels.indices.filter { labels[$0] == c })
                let expected = Float(above.intersection(own).count) / Float(above.union(own).count)
                #expect(abs(scores[unit, c] - expected) < 1e-6)
            }
        }
    }

    @Test("V-Interp: a unit active on images of one kind is nearest to that kind's concept")
    func visualInterpretation() throws {
        // Images of two kinds along two axes; the unit grows with the first kind.
        let kinds = (0..<300).map { $0 % 2 }
        let images = Tensor([300, 2], kinds.flatMap { $0 == 0 ? [1, 0] : [0, 1] as [Float] })
        let values = Tensor([300, 1], kinds.enumerated().map { $1 == 0 ? Float($0) : -1 })
        let probe = ProbeActivations(values: values, predictions: kinds, classes: 2)
        let top = try TopImages(probe, poles: ProbePole.all(1, both: true), count: 100)
        let concepts = Tensor([2, 2], [0.5, -0.5, -0.5, 0.5])
        let scores = VisualInterpretation.scores(top, images: images, concepts: concepts)
        #expect(scores.argmax() == [0, 1])
        assertClose(scores[0, 0], 1, within: 1e-5, because: "its images are all of the first kind")
    }
}
