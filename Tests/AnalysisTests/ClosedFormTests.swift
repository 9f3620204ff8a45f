import Analysis
import LinearAlgebra
import TestSupport
import Testing

@Suite struct ClosedFormTests {
    private static let (images, units, width, classes) = (400, 9, 6, 5)
    private let activations, logits, embeddings, names: Tensor

    init() {
        var random = SeededGenerator(seed: 21)
        func normals(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
        }
        activations = normals([Self.images, Self.units])
        logits = multiply(activations, .plain, normals([Self.units, Self.classes]))
        embeddings = normals([Self.images, Self.width]).normalized()
        names = normals([Self.classes, Self.width]).normalized()
    }

    private func solver(_ images: [Int]) throws -> ClosedForm {
        try #require(
            try ClosedForm(
                activations: activations, logits: logits, embeddings: embeddings, classes: names, images: images,
                checkCancellation: {}))
    }

    @Test(
        "the weights are where the objective's gradient is nothing",
        arguments: [(0, 0.1, 1), (1, 1, 1), (30, 0.03, 1), (3, 0.3, 0)] as [(Float, Float, Float)])
    func stationary(balance: Float, shrinkage: Float, image: Float) throws {
        let rows = Array(0..<300)
        let w = try solver(rows).weights(balance: balance, shrinkage: shrinkage, image: image)
        let a = activations.rows(at: rows).centredColumns().0
        let e = embeddings.rows(at: rows).centredColumns().0
        let l = logits.rows(at: rows).centredBothWays()
        let c = names.centredColumns().0
        func less(_ x: Tensor, _ y: Tensor) -> Tensor { Tensor(x.shape, zip(x.values, y.values).map { $0 - $1 }) }
        // α Aᵀ(A W Cᵀ - L) C + Aᵀ(A W - E) + λ ā N W
        let answer = less(multiply(multiply(a, .plain, w), .plain, c, .transposed), l)
        let shown = less(multiply(a, .plain, w), e)
        let trace = (0..<Self.units).reduce(Float(0)) { sum, u in
            sum + (0..<300).reduce(Float(0)) { $0 + a[$1, u] * a[$1, u] }
        }
        let terms = [
            multiply(multiply(a, .transposed, answer, .plain, alpha: balance), .plain, c),
            multiply(a, .transposed, shown, .plain, alpha: image),
            Tensor(w.shape, w.values.map { $0 * shrinkage * trace / Float(Self.units) }),
        ]
        let gradient = (0..<w.count).map { i in terms.reduce(Float(0)) { $0 + $1[i] } / 300 }
        assertClose(gradient, gradient.map { _ in 0 }, within: 1e-4 * (1 + balance), because: "float32 sums")
    }

    @Test("a shift of activations or logits, or the order of images, changes nothing")
    func invariance() throws {
        let before = try solver(Array(0..<Self.images)).weights(balance: 3, shrinkage: 1)
        let order = Array((0..<Self.images).reversed())
        assertClose(
            try solver(order).weights(balance: 3, shrinkage: 1), before, within: 1e-4, because: "sums in another order")
        let shifted = try #require(
            try ClosedForm(
                activations: Tensor(activations.shape, activations.values.map { $0 + 2 }),
                logits: Tensor(logits.shape, logits.values.map { $0 - 5 }), embeddings: embeddings, classes: names,
                images: Array(0..<Self.images), checkCancellation: {}))
        assertClose(
            shifted.weights(balance: 3, shrinkage: 1), before, within: 1e-3, because: "both are centred, in float32")
    }

    @Test("α and λ are those that measure best on images held back, and a seed changes the choice alone")
    func choice() throws {
        let data = AlignmentData(
            activations: activations, imageEmbeddings: embeddings, predictions: logits.argmax(), classEmbeddings: names)
        var parameters = AlignmentParameters()
        let solving = try #require(ClosedFormAlignment(data, logits: logits, parameters: parameters))
        let solved = try #require(try solving.run(layer: "l", isSigned: true))
        #expect(solved.trials.count == 64 && solved.trials.allSatisfy { $0.score <= solved.chosen.score })
        #expect(try solving.run(layer: "l", isSigned: true)?.encoder == solved.encoder)
        (parameters.seed, parameters.balance, parameters.shrinkage) = (9, 3, 1)
        let asked = try #require(
            try ClosedFormAlignment(data, logits: logits, parameters: parameters)?.run(layer: "l", isSigned: true))
        assertClose(
            asked.encoder.weights, try solver(Array(0..<Self.images)).weights(balance: 3, shrinkage: 1), within: 1e-4,
            because: "sums of the images held back are added to those of the others")
    }

    @Test("eigenvectors are of unit length, at right angles, and give the matrix back; what is not finite has none")
    func eigenvectors() throws {
        var random = SeededGenerator(seed: 4)
        let x = Tensor([30, 12], (0..<360).map { _ in random.nextNormal() })
        let matrix = multiply(x, .transposed, x, .plain)
        let eigen = try #require(SymmetricEigen(matrix))
        #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
        var identity = Tensor([12, 12])
        for i in 0..<12 { identity[i, i] = 1 }
        assertClose(
            multiply(eigen.vectors, .plain, eigen.vectors, .transposed), identity, within: 1e-5, because: "float32")
        let scaled = eigen.vectors.scaled(rows: eigen.values)
        assertClose(
            multiply(eigen.vectors, .transposed, scaled, .plain), matrix, within: 1e-4,
            because: "float32 of values near 50")
        var damaged = matrix
        damaged[3] = .nan
        #expect(SymmetricEigen(damaged) == nil)
    }

    @Test("a description's score is the correlation with the class that describes a pole best, dense or sparse")
    func descriptionScore() {
        let data = AlignmentData(
            activations: activations, imageEmbeddings: embeddings, predictions: logits.argmax(), classEmbeddings: names)
        let sparse = AlignmentData(
            activations: .sparse(SparseRows(activations)), imageEmbeddings: embeddings, predictions: logits.argmax(),
            classEmbeddings: names)
        var random = SeededGenerator(seed: 6)
        let w = Tensor([Self.units, Self.width], (0..<Self.units * Self.width).map { _ in random.nextNormal() })
        let near = multiply(embeddings, .plain, names, .transposed)
        func column(_ x: Tensor, _ c: Int) -> [Float] { (0..<x.rows).map { x[$0, c] } }
        let expected = (0..<Self.units).reduce(Float(0)) { sum, unit in
            let said = multiply(names, w.row(unit))
            let (most, least) = (said.firstIndex(of: said.max()!)!, said.firstIndex(of: said.min()!)!)
            let a = column(activations, unit)
            return sum + correlation(a, column(near, most)) - correlation(a, column(near, least))
        }
        for data in [data, sparse] {
            assertClose(
                DescriptionScore(data).mean(of: w, isSigned: true), expected / Float(2 * Self.units), within: 1e-5,
                because: "float32 sums in another order")
        }
    }
}
