import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite struct AutoencoderTests {
    static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in generator.nextNormal() })
    }

    private static func parameters(isBatchTopK: Bool = false) -> AutoencoderParameters {
        var parameters = AutoencoderParameters(features: 12, k: 3, steps: 10)
        parameters.isBatchTopK = isBatchTopK
        parameters.auxiliaryWeight = 0.5
        return parameters
    }

    private static func weights() -> AutoencoderWeights {
        AutoencoderWeights(
            encoder: random([12, 7], seed: 1), encoderBias: random([12], seed: 2),
            decoder: random([12, 7], seed: 3).normalized(), decoderBias: random([7], seed: 4))
    }

    @Test(
        "the gradients are those of finite differences, of every weight",
        arguments: [false, true])
    func gradients(isBatchTopK: Bool) {
        let x = Self.random([5, 7], seed: 5)
        let (weights, parameters) = (Self.weights(), Self.parameters(isBatchTopK: isBatchTopK))
        let gradient = weights.gradient(AutoencoderPass(weights, x, variance: 2, parameters: parameters))
        expectSlopes(of: weights, gradient) {
            Float(AutoencoderPass($0, x, variance: 2, parameters: parameters).loss)
        }
    }

    @Test("the auxiliary loss moves dead features by its gradient, the residual held fixed")
    func auxiliaryGradient() {
        let x = Self.random([5, 7], seed: 6)
        let (weights, parameters) = (Self.weights(), Self.parameters())
        let dead: [Int32] = [1, 4, 9]
        let alone = weights.gradient(AutoencoderPass(weights, x, variance: 2, parameters: parameters))
        let pass = AutoencoderPass(weights, x, variance: 2, parameters: parameters, dead: dead)
        let both = weights.gradient(pass)
        #expect(pass.auxiliaryLoss > 0)
        // Of a dead feature that is in no main code, all of the gradient is the auxiliary loss's.
        let main = Set((0..<5).flatMap { pass.codes.indices[pass.codes.range(of: $0)] })
        let only = dead.filter { !main.contains($0) }
        #expect(!only.isEmpty)
        let step: Float = 1e-2
        for feature in only.map(Int.init) {
            for c in 0..<7 {
                #expect(alone.decoder[feature, c] == 0)
                var (up, down) = (weights, weights)
                up.decoder[feature, c] += step
                down.decoder[feature, c] -= step
                let value = { (w: AutoencoderWeights) in
                    Float(
                        AutoencoderPass(w, x, variance: 2, parameters: parameters, dead: dead).auxiliaryLoss)
                }
                assertClose(
                    both.decoder[feature, c], (value(up) - value(down)) / (2 * step), within: 2e-3,
                    because: "central differences in float32; the main codes, so the residual, do not move")
            }
        }
    }

    private func expectSlopes(
        of weights: AutoencoderWeights, _ gradient: AutoencoderWeights, _ loss: (AutoencoderWeights) -> Float
    ) {
        let step: Float = 2e-3
        let parts: [WritableKeyPath<AutoencoderWeights, Tensor>] = [
            \.encoder, \.encoderBias, \.decoder, \.decoderBias,
        ]
        for part in parts {
            for i in 0..<weights[keyPath: part].count {
                var (up, down) = (weights, weights)
                up[keyPath: part][i] += step
                down[keyPath: part][i] -= step
                assertClose(
                    gradient[keyPath: part][i], (loss(up) - loss(down)) / (2 * step), within: 3e-3,
                    because: "central differences in float32 err by step² and by rounding over the step")
            }
        }
    }

    @Test("of equal activations the lower index is taken; NaN and what is not positive never")
    func ties() {
        func top(_ x: [Float], _ k: Int) -> [Int32] {
            var found = [Int32](repeating: -1, count: k)
            let count = topPositive(x, count: x.count, k: k, into: &found)
            return Array(found[..<count])
        }
        #expect(top([1, 2, 2, 2, 1], 2) == [1, 2])
        #expect(top([2, 1, 2, 1, 2], 4) == [0, 1, 2, 4])
        #expect(top([0, -1, 3, .nan, 0], 3) == [2])
        #expect(top(Array(repeating: 1, count: 100), 5) == [0, 1, 2, 3, 4])
        #expect(top([.nan, .infinity, 1], 1) == [1])
        // Against sorting, on values with many ties.
        var generator = SeededGenerator(seed: 9)
        for k in [1, 3, 16, 40] {
            let x = (0..<333).map { _ in Float(Int(generator.next() % 9)) - 2 }
            let sorted = x.indices.filter { x[$0] > 0 }.sorted { (-x[$0], $0) < (-x[$1], $1) }
            #expect(top(x, k) == sorted.prefix(k).sorted().map(Int32.init))
        }
    }

    /// Images that are sums of a few of 24 directions in 16 dimensions.
    static func sparseData(images: Int, seed: UInt64) -> Tensor {
        let directions = random([24, 16], seed: 77).normalized()
        var generator = SeededGenerator(seed: seed)
        var codes = Tensor([images, 24])
        for image in 0..<images {
            for _ in 0..<3 { codes[image, Int(generator.next() % 24)] = 1 + abs(generator.nextNormal()) }
        }
        return multiply(codes, .plain, directions)
    }

    @Test("training explains held-out images, keeps decoder rows at unit length and few features dead")
    func training() throws {
        var parameters = AutoencoderParameters(features: 48, k: 4, steps: 600)
        parameters.deadAfter = 2000
        parameters.rate = 4e-3
        let state = try AutoencoderTraining(Self.sparseData(images: 2000, seed: 1), parameters: parameters).run()
        let autoencoder = state.autoencoder(layer: "norm", parameters: parameters)
        let quality = autoencoder.quality(on: Self.sparseData(images: 1000, seed: 2))
        #expect(quality.explainedVariance > 0.85)
        #expect(quality.l0 <= 4)
        #expect(quality.deadShare < 0.2)
        assertClose(
            autoencoder.decoder.norms(), Array(repeating: 1, count: 48), within: 1e-5,
            because: "rows are divided by their norm")
    }

    @Test("an interrupted training goes on and ends with the same bits", arguments: [false, true])
    func resuming(isBatchTopK: Bool) throws {
        struct Stop: Error {}
        let data = Self.sparseData(images: 700, seed: 3)
        var parameters = AutoencoderParameters(features: 32, k: 3, steps: 100)
        parameters.isBatchTopK = isBatchTopK
        parameters.deadAfter = 1500
        parameters.batch = 100
        let training = AutoencoderTraining(data, parameters: parameters)
        let whole = try training.run()
        var left: AutoencoderState?
        #expect(throws: Stop.self) {
            _ = try training.run { progress, state in
                if progress.step >= 38 {
                    left = state
                    throw Stop()
                }
            }
        }
        #expect(left?.step == 38)
        #expect(try training.run(resuming: left) == whole)
        if isBatchTopK {
            let l0 = whole.autoencoder(layer: "norm", parameters: parameters).quality(on: data).l0
            #expect((1.5...6).contains(l0), "the threshold keeps about k a image; found \(l0)")
        }
    }

    @Test("batch top-k keeps k an image on average, the greatest of the batch")
    func batchTopK() {
        let x = Self.random([6, 7], seed: 8)
        let pass = AutoencoderPass(
            Self.weights(), x, variance: 1, parameters: Self.parameters(isBatchTopK: true))
        #expect(pass.codes.values.count == 18)
        #expect(Set((0..<6).map { pass.codes.range(of: $0).count }).count > 1, "images differ in how many they have")
    }
}

@Suite struct InnerProductIndexTests {
    @Test("the index finds exactly what multiplying every row finds", arguments: [false, true], [false, true])
    func exact(isWeighted: Bool, hasOffsets: Bool) {
        let rows = AutoencoderTests.random([20_000, 64], seed: 1).normalized()
        let weights = isWeighted ? AutoencoderTests.random([20_000], seed: 2).values : nil
        let offsets = hasOffsets ? AutoencoderTests.random([20_000], seed: 10).values : nil
        let index = InnerProductIndex(rows)
        for seed in 3..<9 {
            let x = AutoencoderTests.random([64], seed: UInt64(seed)).values
            let products = multiply(rows, x)
            let scores = products.indices.map { products[$0] * (weights?[$0] ?? 1) + (offsets?[$0] ?? 0) }
            let expected = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }.prefix(100)
            let found = index.greatest(100, for: x, weights: weights, offsets: offsets)
            // Two ways of summing may order near-equal scores differently: the scores are compared in place.
            assertClose(
                found.map(\.score), expected.map { scores[$0] }, within: 1e-5,
                because: "float32 sums in another order")
            #expect(Set(found.map(\.row)).subtracting(expected).count <= 1)
        }
    }

    @Test("sparse products are those of the dense matrix")
    func sparse() {
        var dense = AutoencoderTests.random([9, 13], seed: 4)
        for i in 0..<dense.count where i % 3 != 0 { dense[i] = 0 }
        let sparse = SparseRows(dense)
        let other = AutoencoderTests.random([13, 40], seed: 5)
        assertClose(
            multiply(sparse, other), multiply(dense, .plain, other), within: 1e-5,
            because: "float32 sums in another order")
        #expect(sparse.transposed().dense() == dense.transposed())
        #expect(sparse.rows(at: [3, 3, 0]).dense() == dense.rows(at: [3, 3, 0]))
        #expect(SparseRows(columns: 13, joining: [sparse, sparse]).dense().rows(9..<18) == dense)
    }
}
