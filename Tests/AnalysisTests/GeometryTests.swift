import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// t-SNE: its parts by definition, and the whole beside scikit-learn.
@Suite struct GeometryTests {
    /// Gaussians of `size` points each, `distance` standard deviations apart along their own axes.
    private func clusters(_ count: Int, of size: Int, width: Int = 10, distance: Float) -> (Tensor, [Int]) {
        var random = SeededGenerator(seed: 11)
        let labels = (0..<count * size).map { $0 % count }
        return (
            Tensor(
                [count * size, width],
                labels.flatMap { label in
                    (0..<width).map { ($0 == label ? distance : 0) + random.nextNormal() }
                }), labels
        )
    }

    private func scattered(_ count: Int, seed: UInt64 = 5) -> [SIMD2<Float>] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in 3 * SIMD2(random.nextNormal(), random.nextNormal()) }
    }

    @Test("the Gaussian's width gives the perplexity asked for", arguments: [2, 5, 30, 90])
    func perplexity(wanted: Double) {
        var random = SeededGenerator(seed: 1)
        let distances = (0..<200).map { _ in pow(random.nextNormal(), 2) * 40 }
        let p = Perplexity.conditional(distances, perplexity: wanted)
        let entropy = -p.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
        #expect(abs(exp(entropy) - wanted) < 1e-6)
        #expect(abs(p.reduce(0, +) - 1) < 1e-12)
        let nearest = distances.indices.min { distances[$0] < distances[$1] }!
        #expect(p[nearest] == p.max())
    }

    @Test("equal distances, and more duplicates than the perplexity, give a distribution and not a hang")
    func degeneratePerplexity() {
        #expect(Perplexity.conditional([3, 3, 3, 3], perplexity: 2) == [0.25, 0.25, 0.25, 0.25])
        let p = Perplexity.conditional([0, 0, 0, 0, 9], perplexity: 2)
        #expect(abs(p.reduce(0, +) - 1) < 1e-12 && p.allSatisfy { $0.isFinite })
    }

    @Test("the gradient is that of the divergence, by finite differences", arguments: [true, false])
    func gradient(isExact: Bool) throws {
        let (points, _) = clusters(3, of: 10, distance: 4)
        // θ = 0 opens every square: the tree is then exact as well.
        let objective = try TSNEObjective(points, perplexity: 4, isExact: isExact, theta: 0)
        let layout = scattered(30)
        let gradient = objective.gradient(layout).points
        let h: Float = 1 / 128
        var numeric: [Float] = []
        for i in layout.indices {
            for axis in 0..<2 {
                var (up, down) = (layout, layout)
                up[i][axis] += h
                down[i][axis] -= h
                numeric.append(Float((objective.divergence(up) - objective.divergence(down)) / Double(2 * h)))
            }
        }
        assertClose(
            gradient.flatMap { [$0.x, $0.y] }, numeric, within: 2e-5,
            because: "float32 forces against central differences of step 1/128, truncation about 1e-5")
    }

    @Test("Barnes and Hut's forces are close to the exact ones, and exact when every square is opened")
    func tree() {
        var layout = scattered(2000)
        // Points on one spot, and one far out.
        for i in 0..<20 { layout[i] = SIMD2(1, 1) }
        layout[20] = SIMD2(900, -900)
        var exact = [(force: SIMD2<Double>, sum: Double)](repeating: (.zero, 0), count: layout.count)
        for i in layout.indices {
            for j in layout.indices where j != i {
                let d = SIMD2<Double>(layout[i] - layout[j])
                let q = 1 / (1 + (d * d).sum())
                exact[i].force += q * q * d
                exact[i].sum += q
            }
        }
        func error(theta: Float) -> (force: Double, sum: Double) {
            let found = QuadTree(layout).repulsion(theta: theta)
            let squares = zip(found, exact).map { f, e -> (Double, Double) in
                let d = SIMD2<Double>(f.force) - e.force
                return ((d * d).sum(), (e.force * e.force).sum())
            }
            let (z, truth) = (found.reduce(0) { $0 + Double($1.sum) }, exact.reduce(0) { $0 + $1.sum })
            return (
                (squares.reduce(0) { $0 + $1.0 } / squares.reduce(0) { $0 + $1.1 }).squareRoot(),
                abs(z - truth) / truth
            )
        }
        #expect(error(theta: 0).force < 1e-5, "float32 sums of 2,000 terms")
        #expect(error(theta: 0).sum < 1e-5)
        #expect(error(theta: 0.5).force < 0.02)
        #expect(error(theta: 0.5).sum < 0.01)
    }

    @Test(
        "separated clusters stay apart and neighbours stay neighbours, by every pair and by the tree",
        arguments: [
            3000, 0,
        ])
    func separation(exactLimit: Int) throws {
        let (points, labels) = clusters(6, of: 60, distance: 12)
        var parameters = TSNEParameters(perplexity: 15)
        parameters.exactLimit = exactLimit
        parameters.iterations = 500
        var divergences: [Double] = []
        let layout = try TSNE(parameters).layout(points) {
            if $0.iteration > 250, $0.iteration % 50 == 0 { divergences.append($0.divergence) }
        }
        #expect(zip(divergences, divergences.dropFirst()).allSatisfy { $1 <= $0 + 1e-3 }, "\(divergences)")
        let plane = Tensor([360, 2], layout.points.flatMap { [$0.x, $0.y] })
        for i in 0..<360 {
            let nearest = TopK.indices(of: distances(plane, from: i).map { -$0 }, count: 6).dropFirst()
            #expect(nearest.allSatisfy { labels[$0] == labels[i] })
        }
    }

    private func distances(_ points: Tensor, from i: Int) -> [Float] {
        let own = points.row(i)
        return (0..<points.rows).map { zip(points.row($0), own).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    }

    @Test("one seed gives one layout, another seed another, and what the observer throws ends it at once")
    func determinism() throws {
        let (points, _) = clusters(3, of: 20, distance: 3)
        var parameters = TSNEParameters(perplexity: 8, seed: 1)
        parameters.iterations = 60
        let first = try TSNE(parameters).layout(points)
        #expect(try TSNE(parameters).layout(points) == first)
        parameters.seed = 2
        #expect(try TSNE(parameters).layout(points).points != first.points)

        struct Stop: Error {}
        var last = 0
        #expect(throws: Stop.self) {
            try TSNE(parameters).layout(points) {
                last = $0.iteration
                if last == 7 { throw Stop() }
            }
        }
        #expect(last == 7)
    }

    @Test("few points, equal points and no points are laid out with finite coordinates", arguments: [0, 1, 3, 4, 9])
    func degenerate(count: Int) throws {
        var parameters = TSNEParameters()
        parameters.iterations = 30
        let layout = try TSNE(parameters).layout(Tensor([count, 5], Array(repeating: 0.5, count: count * 5)))
        #expect(layout.points.count == count)
        #expect(layout.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }

    /// scikit-learn's figures on five Gaussians.
    private struct Golden: Decodable {
        var points: [Float]
        var width: Int
        var labels: [Int]
        var perplexity: Double
        var affinities: [Double]
        var divergence: Double
        var trustworthiness: Double
        var silhouette: Double
    }

    private func golden() throws -> (Golden, Tensor) {
        let file = Samples.root.appending(path: "Tests/Goldens/geometry.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        return (golden, Tensor([golden.labels.count, golden.width], golden.points))
    }

    @Test("the layout is as good as scikit-learn's: divergence and trustworthiness")
    func scikitLearn() throws {
        let (golden, points) = try golden()
        let layout = try TSNE(TSNEParameters(perplexity: golden.perplexity)).layout(points)
        #expect(layout.divergence < golden.divergence * 1.05 + 0.01)
        let plane = Tensor([points.rows, 2], layout.points.flatMap { [$0.x, $0.y] })
        #expect(trustworthiness(points, plane, neighbors: 10) > golden.trustworthiness - 0.01)
    }

    /// 1 less the mean rank excess of false neighbours (Venna and Kaski 2001), as scikit-learn computes it.
    private func trustworthiness(_ points: Tensor, _ plane: Tensor, neighbors k: Int) -> Double {
        let n = points.rows
        var sum = 0
        for i in 0..<n {
            func order(_ points: Tensor) -> [Int] {
                var d = distances(points, from: i)
                d[i] = -1
                return Array(d.indices.sorted { (d[$0], $0) < (d[$1], $1) }.dropFirst())
            }
            let rank = Dictionary(uniqueKeysWithValues: order(points).enumerated().map { ($1, $0 + 1) })
            for j in order(plane).prefix(k) { sum += max(0, rank[j]! - k) }
        }
        return 1 - 2 * Double(sum) / Double(n * k * (2 * n - 3 * k - 1))
    }

    @Test("the silhouette is scikit-learn's, and shuffled labels lose it")
    func silhouette() throws {
        let (golden, points) = try golden()
        let measure = Silhouette(points.normalized())
        let score = try #require(try measure.score(of: golden.labels, shuffles: 200, seed: 3))
        assertClose(
            Float(score.score), Float(golden.silhouette), within: 1e-5, because: "float32 distances, sums of 120")
        #expect(score.groups == 5 && score.points == 120)
        #expect(score.shuffledMean < 0.05)
        #expect(score.pValue == 1.0 / 201)
        #expect(try measure.score(of: golden.labels, shuffles: 200, seed: 3) == score, "deterministic")

        var random = SeededGenerator(seed: 8)
        let nonsense = try #require(
            try measure.score(of: golden.labels.shuffled(using: &random), shuffles: 200, seed: 3))
        #expect(nonsense.pValue > 0.01 && abs(nonsense.z ?? 9) < 3)
    }

    @Test("a single group has no silhouette; a point alone counts nothing")
    func smallGroups() throws {
        let points = Tensor([4, 2], [1, 0, 1, 0, 0, 1, -1, 0])
        #expect(try Silhouette(points).score(of: [0, 0, 0, 0]) == nil)
        // Two equal points are 1 each, the others, alone, 0.
        #expect(try Silhouette(points).score(of: [5, 5, 1, 2], shuffles: 10)?.score == 0.5)
    }
}
