import Analysis
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

/// Statistics of a layer read block by block, and what is told from them.
@Suite struct LayerStatisticsTests {
    private static let (images, units, classes) = (500, 70, 7)

    /// Activations with ties, and predictions that leave the last class empty.
    private static let activations: Tensor = {
        var random = SeededGenerator(seed: 11)
        return Tensor(
            [images, units], (0..<images * units).map { (8 * random.nextNormal()).rounded() / 4 + Float($0 % units) })
    }()
    private static let predictions = (0..<images).map { $0 * $0 % 6 }

    private let statistics = LayerStatistics(
        activations: activations, predictions: predictions, classes: classes)

    @Test("means, deviations and class means are those of their definition")
    func moments() {
        for unit in 0..<Self.units {
            let column = Self.activations.columns(at: [unit]).values.map { Double($0) }
            let mean = column.reduce(0, +) / Double(column.count)
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
            assertClose(statistics.means[unit], Float(mean), within: 1e-6, because: "one rounding of a double")
            assertClose(
                statistics.deviations[unit], Float(variance.squareRoot()), within: 1e-5, because: "the mean is rounded")
            for c in 0..<Self.classes {
                let own = column.indices.filter { Self.predictions[$0] == c }.map { column[$0] }
                let expected = own.isEmpty ? 0 : own.reduce(0, +) / Double(own.count)
                assertClose(
                    statistics.classMeans[c, unit], Float(expected), within: 1e-6, because: "one rounding of a double")
            }
        }
        #expect(statistics.classCounts.last == 0 && statistics.classCounts.reduce(0, +) == Self.images)
    }

    @Test("the extremes are the head of a full sort, ties by position, for either pole; more than are kept is not told")
    func extremes() throws {
        for unit in 0..<Self.units {
            let column = Self.activations.columns(at: [unit]).values
            for pole in [nil, Pole.positive, .negative] {
                let sign = pole?.sign ?? 1
                let named = InternalUnit(layer: "l", index: unit, pole: pole)
                let found = try #require(statistics.extremes(of: named, count: 24))
                #expect(found.most.map(\.image) == TopK.indices(of: column.map { $0 * sign }, count: 24))
                #expect(found.least.map(\.image) == TopK.indices(of: column.map { -$0 * sign }, count: 24))
                #expect(found.most.map(\.activation) == found.most.map { column[$0.image] })
            }
            #expect(statistics.histogram(of: unit) == Histogram(column, bins: LayerStatistics.bins))
        }
        #expect(statistics.extremes(of: InternalUnit(layer: "l", index: 0), count: 25) == nil)
    }

    @Test("statistics come back from their tensors as they were; damaged or foreign ones are refused")
    func tensors() {
        var tensors = statistics.tensors
        func read() -> LayerStatistics? {
            LayerStatistics(tensors: tensors, images: Self.images, units: Self.units, classes: Self.classes)
        }
        #expect(read() == statistics)
        #expect(
            LayerStatistics(tensors: tensors, images: Self.images, units: Self.units, classes: 8) == nil, "classes")
        tensors["predictions"]?[3] = 7
        #expect(read() == nil, "no such class")
        tensors["predictions"]?[3] = .nan
        #expect(read() == nil, "no number")
        tensors["predictions"] = nil
        #expect(read() == nil, "missing")
    }

    @Test("rows are let go block by block, each twice, and all of them")
    func blocks() {
        // A block is 2^23 values: three of them.
        let wide = Tensor([3, 1 << 22])
        let released = Mutex<[Range<Int>]>([])
        _ = LayerStatistics(activations: wide, predictions: [0, 0, 0], classes: 1) { rows in
            released.withLock { $0.append(rows) }
        }
        #expect(released.withLock { $0 } == [0..<2, 2..<3, 0..<2, 2..<3])
    }

    @Test(
        "at ImageNet's width a typed concept is estimated from the nearest images and class means, close to the exact list"
    )
    func estimate() throws {
        let (images, units, width) = (9000, 2048, 8)
        var random = SeededGenerator(seed: 12)
        func normals(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
        }
        // Activations follow the images' embeddings, which lie around their classes'.
        let (names, weights) = ((0..<20).map { "class \($0)" }, normals([units, width]))
        let classes = ConceptSet(names: names, embeddings: normals([20, width]).normalized())
        let labels = (0..<images).map { $0 % 20 }
        var embeddings = normals([images, width])
        embeddings.withUnsafeMutable { for i in $0.indices { $0[i] *= 0.2 } }
        embeddings.add(classes.embeddings.rows(at: labels))
        embeddings = embeddings.normalized()
        let probe = ProbeActivations(
            values: multiply(embeddings, .plain, weights, .transposed), predictions: labels, classes: 20)
        let space = NeuronSpace(
            encoder: NeuronEncoder(layer: "l", weights: weights, isSigned: true), probe: probe,
            answers: ProbeAnswers(probe, head: .zero(classes: 20, units: units)),
            context: ConceptContext(concepts: classes, classes: classes, imageEmbeddings: embeddings))
        let query = ConceptQuery("typed", embedding: normals([1, width]).normalized().values)
        var estimate: [InternalUnit]?
        let exact = try space.locate(query, estimate: { estimate = $0.map(\.unit) }, checkCancellation: {}).map(\.unit)
        #expect(Set(try #require(estimate).prefix(20)).intersection(exact.prefix(20)).count >= 17)
        estimate = nil
        let known = ConceptQuery("class 3", embedding: query.embedding)
        _ = try space.locate(known, estimate: { estimate = $0.map(\.unit) }, checkCancellation: {})
        #expect(estimate == nil, "a class is at once")
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try space.locate(query, estimate: nil, checkCancellation: { throw Stop() })
        }
    }
}
