import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

extension LinearRemainder {
    /// A head that says nothing.
    static func zero(classes: Int, units: Int) -> LinearRemainder {
        LinearRemainder(weights: Tensor([classes, units]), bias: Array(repeating: 0, count: classes))
    }
}

/// Rankings that read the model's own answers.
@Suite struct AnswerRankingTests {
    static let (images, units, classes, width) = (300, 7, 5, 6)
    private let activations, weights, head, embeddings: Tensor
    private let logits: Tensor
    private let predictions: [Int]
    private let names: ConceptSet

    init() {
        var random = SeededGenerator(seed: 8)
        func normals(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
        }
        activations = normals([Self.images, Self.units])
        (weights, head) = (normals([Self.units, Self.width]), normals([Self.classes, Self.units]))
        embeddings = normals([Self.images, Self.width]).normalized()
        names = ConceptSet(
            names: (0..<Self.classes).map { "class \($0)" },
            embeddings: normals([Self.classes, Self.width]).normalized())
        logits = multiply(activations, .plain, head, .transposed)
        predictions = logits.argmax()
    }

    private func space(head: LinearRemainder, isSigned: Bool = true) -> NeuronSpace {
        let probe = ProbeActivations(values: activations, predictions: predictions, classes: Self.classes)
        return NeuronSpace(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: isSigned), probe: probe,
            answers: ProbeAnswers(probe, head: head),
            context: ConceptContext(concepts: names, classes: names, imageEmbeddings: embeddings))
    }

    private var linear: LinearRemainder {
        LinearRemainder(weights: head, bias: Array(repeating: 0, count: Self.classes))
    }

    /// Scores by unit.
    private func scores(_ space: some UnitSpace, _ query: ConceptQuery) throws -> [Float] {
        var scores = [Float](repeating: .nan, count: space.count)
        for found in try space.locate(query) { scores[found.unit.index] = found.score }
        return scores
    }

    private func query(_ c: Int, _ ranking: Ranking) -> ConceptQuery {
        ConceptQuery(names.names[c], embedding: names.embeddings.row(c), ranking: ranking)
    }

    private func softmax(_ row: [Float]) -> [Double] {
        let top = Double(row.max()!)
        let e = row.map { exp(Double($0) - top) }
        return e.map { $0 / e.reduce(0, +) }
    }

    /// log p_ĉ of a row of logits.
    private func logShare(_ row: [Double], _ c: Int) -> Double {
        let top = row.max()!
        return row[c] - top - log(row.reduce(0) { $0 + exp($1 - top) })
    }

    @Test("attribution is the mean of activation times the gradient of the class's log-probability")
    func attribution() throws {
        let space = space(head: linear)
        for c in 0..<Self.classes {
            let rows = predictions.indices.filter { predictions[$0] == c }
            let expected = (0..<Self.units).map { i in
                Float(
                    rows.reduce(0.0) { sum, x in
                        let p = softmax(logits.row(x))
                        let slope = (0..<Self.classes).reduce(Double(head[c, i])) { $0 - p[$1] * Double(head[$1, i]) }
                        return sum + Double(activations[x, i]) * slope
                    } / Double(rows.count))
            }
            assertClose(
                try scores(space, query(c, .attribution)), expected, within: 1e-5, because: "sums of float32")
        }
    }

    @Test("contribution against rivals is its definition, for a class and for a typed concept")
    func rivals() throws {
        let space = space(head: linear)
        /// `images` weighs what a unit says of the concept, `rivals` what it says of its rivals.
        func mean(of concept: [Float], _ images: [Double], rivals: [Double]) -> [Float] {
            (0..<Self.units).map { i in
                Float(
                    (0..<Self.images).reduce(0.0) { sum, x in
                        let p = softmax(logits.row(x))
                        let said = (0..<Self.width).reduce(0.0) { said, d in
                            let taken = (0..<Self.classes).reduce(0.0) { $0 + p[$1] * Double(names.embeddings[$1, d]) }
                            return said + Double(self.weights[i, d])
                                * (images[x] * Double(concept[d]) - rivals[x] * taken)
                        }
                        return sum + Double(activations[x, i]) * said
                    })
            }
        }
        let counts = (0..<Self.classes).map { c in Double(predictions.count { $0 == c }) }
        let ofClass = predictions.map { $0 == 2 ? 1 / counts[2] : 0 }
        assertClose(
            try scores(space, query(2, .rivals)), mean(of: names.embeddings.row(2), ofClass, rivals: ofClass),
            within: 1e-5, because: "sums of float32")
        // Typed: exp(2 z) of the images' similarity, as for contribution; of the rivals each class's whole share.
        let typed = Tensor([1, Self.width], [1, -2, 0, 1, 0.5, 0]).normalized().values
        let near = (0..<Self.images).map { x in
            zip(embeddings.row(x), typed).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        }
        let middle = near.reduce(0, +) / Double(near.count)
        let deviation = (near.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(near.count)).squareRoot()
        let pull = near.map { exp(2 * ($0 - middle) / deviation) }
        let weights = pull.map { $0 / pull.reduce(0, +) }
        let shares = (0..<Self.classes).map { c in zip(predictions, weights).reduce(0) { $0 + ($1.0 == c ? $1.1 : 0) } }
        assertClose(
            try scores(space, ConceptQuery("typed", embedding: typed, ranking: .rivals)),
            mean(of: typed, weights, rivals: predictions.map { shares[$0] / counts[$0] }), within: 1e-5,
            because: "sums of float32")
    }

    @Test("where the head is what the encoder says of the classes, the two are one")
    func oneFormula() throws {
        let said = multiply(names.embeddings, .plain, weights, .transposed)
        let logits = multiply(activations, .plain, said, .transposed)
        let probe = ProbeActivations(values: activations, predictions: logits.argmax(), classes: Self.classes)
        let space = NeuronSpace(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: true), probe: probe,
            answers: ProbeAnswers(
                probe, head: LinearRemainder(weights: said, bias: Array(repeating: 0, count: Self.classes))),
            context: ConceptContext(concepts: names, classes: names, imageEmbeddings: embeddings))
        for c in 0..<Self.classes where probe.classCount(c) > 0 {
            assertClose(
                try scores(space, query(c, .rivals)), try scores(space, query(c, .attribution)), within: 1e-5,
                because: "the same sums in another order")
        }
    }

    @Test("a concept that is no class goes by the class nearest to it, in attribution")
    func nearestClass() throws {
        let space = space(head: linear)
        var near = names.embeddings.row(3)
        near[0] += 0.05
        #expect(
            try scores(space, ConceptQuery("typed", embedding: near, ranking: .attribution))
                == scores(space, query(3, .attribution)))
    }

    @Test("of one-sided units none that is absent on the concept has a contribution")
    func absent() throws {
        let space = space(head: linear, isSigned: false)
        for c in 0..<Self.classes {
            let (means, all) = (space.probe.classMean(c), space.probe.means)
            for (unit, score) in try scores(space, query(c, .contribution)).enumerated() where means[unit] <= all[unit]
            {
                #expect(score == 0)
            }
        }
    }

    @Test("features of an identity are ranked as the neurons are, by their codes alone where those are positive")
    func features() throws {
        var positive = activations
        positive.withUnsafeMutable { for i in $0.indices { $0[i] = abs($0[i]) } }
        let probe = ProbeActivations(values: positive, predictions: predictions, classes: Self.classes)
        let neurons = NeuronSpace(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: true), probe: probe,
            answers: ProbeAnswers(probe, head: linear),
            context: ConceptContext(concepts: names, classes: names, imageEmbeddings: embeddings))
        var identity = Tensor([Self.units, Self.units])
        for i in 0..<Self.units { identity[i, i] = 1 }
        let zeros = [Float](repeating: 0, count: Self.units)
        let space = FeatureSpace(
            SparseAutoencoder(
                layer: "l", encoder: identity, encoderBias: zeros, decoder: identity, decoderBias: zeros,
                activation: .relu),
            neurons: neurons, codes: SparseRows(positive), responding: weights)
        for ranking in [Ranking.rivals, .attribution] {
            for c in 0..<Self.classes {
                assertClose(
                    try scores(space, query(c, ranking)), try scores(neurons, query(c, ranking)), within: 1e-5,
                    because: "the same sums in another order")
            }
        }
    }

    @Test("gradients are those of finite differences: of a linear head, of cosines at a held length, of a layer norm")
    func finiteDifferences() {
        let bias = (0..<Self.classes).map { Float($0) / 7 }
        let (scale, shift) = ((0..<Self.units).map { 1 + Float($0) / 9 }, (0..<Self.units).map { Float($0) / 5 - 0.4 })
        let embedding = weights.transposed()
        let normalized = NormalizedRemainder(weights: head, bias: bias, scale: scale, shift: shift, epsilon: 1e-3)
        let some = activations.rows(0..<4)

        func check(_ found: Tensor, _ value: (Int, [Double]) -> Double) {
            let step = 1e-5
            for x in 0..<some.rows {
                let at = some.row(x).map(Double.init)
                let expected = at.indices.map { i in
                    var (up, down) = (at, at)
                    up[i] += step
                    down[i] -= step
                    return Float((value(x, up) - value(x, down)) / (2 * step))
                }
                assertClose(found.row(x), expected, within: 1e-5, because: "float32 beside differences in double")
            }
        }
        func product(_ matrix: Tensor, _ a: [Double], plus bias: [Float]? = nil) -> [Double] {
            (0..<matrix.rows).map { r in
                a.indices.reduce(Double(bias?[r] ?? 0)) { $0 + Double(matrix[r, $1]) * a[$1] }
            }
        }
        func norm(_ a: [Double]) -> [Double] {
            let mean = a.reduce(0, +) / Double(a.count)
            let variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(a.count)
            return a.indices.map {
                (a[$0] - mean) / (variance + 1e-3).squareRoot() * Double(scale[$0]) + Double(shift[$0])
            }
        }
        func length(_ a: [Double]) -> Double { product(embedding, a).reduce(0) { $0 + $1 * $1 }.squareRoot() }

        var remainder = LinearRemainder(weights: head, bias: bias)
        var logits = remainder.logits(some)
        check(remainder.gradients(some, logits: logits, predictions: logits.argmax())) { [logits] x, a in
            logShare(product(head, a, plus: bias), logits.argmax()[x])
        }
        remainder = LinearRemainder(weights: head, bias: bias, embedding: embedding)
        logits = remainder.logits(some)
        check(remainder.gradients(some, logits: logits, predictions: logits.argmax())) { [logits] x, a in
            let held = length(some.row(x).map(Double.init))
            return logShare(product(head, a, plus: bias).map { $0 / held }, logits.argmax()[x])
        }
        func normalizedLogits(_ remainder: NormalizedRemainder) -> Tensor {
            remainder.logits(
                some, products: remainder.products(some),
                steering: Steering(
                    Intervention(units: [InternalUnit(layer: "l", index: 0)], operator: .scaling, beta: 1)))
        }
        logits = normalizedLogits(normalized)
        check(normalized.gradients(some, logits: logits, predictions: logits.argmax())) { [logits] x, a in
            logShare(product(head, norm(a), plus: bias), logits.argmax()[x])
        }
        let cosines = NormalizedRemainder(
            weights: head, bias: bias, scale: scale, shift: shift, epsilon: 1e-3, embedding: embedding)
        logits = normalizedLogits(cosines)
        check(cosines.gradients(some, logits: logits, predictions: logits.argmax())) { [logits] x, a in
            let held = length(norm(some.row(x).map(Double.init)))
            return logShare(product(head, norm(a), plus: bias).map { $0 / held }, logits.argmax()[x])
        }
    }
}
