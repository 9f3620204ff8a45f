import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing

/// Network Dissection against its definition in NumPy, with PyTorch's interpolation
/// (`Tests/Goldens/make_dissection_goldens.py`), and properties.
@Suite struct DissectionTests {
    private struct Golden: Decodable {
        struct Layer: Decodable {
            var category: Int
            var labels: [Int32]
        }
        struct Concept: Decodable {
            var category, label: Int
        }
        struct Overlap: Decodable {
            var category, label: Int
            var iou: [Float]
        }
        var images, rows, columns, units, height, width: Int
        var share: Double
        var activations, thresholds: [Float]
        var masks: [[Layer]]
        var whole: [[Concept]]
        var overlaps: [Overlap]
    }

    private let golden: Golden

    init() throws {
        let file = Samples.root.appending(path: "Tests/Goldens/dissection.json")
        golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }

    /// [places, units]
    private func activations(_ image: Int) -> Tensor {
        let size = golden.rows * golden.columns * golden.units
        return Tensor(
            [golden.rows * golden.columns, golden.units],
            Array(golden.activations[image * size..<(image + 1) * size]))
    }

    private func mask(_ image: Int) -> PictureMask {
        PictureMask(
            height: golden.height, width: golden.width,
            layers: golden.masks[image].map { .init(category: $0.category, labels: $0.labels) },
            whole: golden.whole[image].map { .init(category: $0.category, label: $0.label) })
    }

    private func overlap(signs: [Float]? = nil, thresholds: [Float]? = nil) -> MaskOverlap {
        MaskOverlap(
            columns: Array(0..<golden.units), signs: signs ?? Array(repeating: 1, count: golden.units),
            thresholds: thresholds ?? golden.thresholds, categories: 3)
    }

    @Test func `thresholds are the quantiles of all places, however the places come`() {
        for size in [1, 3, golden.images] {
            var thresholds = ActivationThresholds(
                units: golden.units, places: golden.images * golden.rows * golden.columns, share: golden.share)
            for block in blocks(of: golden.images, size: size) {
                thresholds.add(Tensor(rowsOf: block.map(activations)))
            }
            #expect(thresholds.values == golden.thresholds, "\(size) images at once")
        }
    }

    @Test func `overlaps are those of the definition`() {
        var overlap = overlap()
        for image in 0..<golden.images {
            overlap.add(
                activations(image), rows: golden.rows, across: golden.columns, window: .whole, mask: mask(image))
        }
        #expect(overlap.concepts.count == golden.overlaps.count)
        for expected in golden.overlaps {
            let place = overlap.concepts.firstIndex(of: .init(category: expected.category, label: expected.label))
            guard let place else {
                Issue.record("no concept \(expected.category), \(expected.label)")
                continue
            }
            assertClose(
                (0..<golden.units).map { overlap.overlap(unit: $0, concept: place) }, expected.iou, within: 1e-6,
                because: "pixels are counted; only their ratio is rounded")
        }
        let best = overlap.best(2, of: 0)
        #expect(best.count == 2 && best[0].overlap >= best[1].overlap)
        #expect(best[0].overlap == golden.overlaps.map { $0.iou[0] }.max())
        #expect(overlap.best(3, of: 3).isEmpty, "a dead unit overlaps nothing")
    }

    @Test func `a negative pole is the positive one of the negated activations`() {
        var (positive, negative) = (overlap(), overlap(signs: Array(repeating: -1, count: golden.units)))
        for image in 0..<golden.images {
            let values = activations(image)
            let negated = Tensor(values.shape, values.values.map { -$0 })
            positive.add(values, rows: golden.rows, across: golden.columns, window: .whole, mask: mask(image))
            negative.add(negated, rows: golden.rows, across: golden.columns, window: .whole, mask: mask(image))
        }
        for unit in 0..<golden.units {
            for concept in positive.concepts.indices {
                #expect(
                    positive.overlap(unit: unit, concept: concept) == negative.overlap(unit: unit, concept: concept))
            }
        }
    }

    @Test func `a map that is its concept's mask overlaps it wholly, through a window too`() {
        // Places of 4 x 4 pixels, the mask a border of one place wider on each side than what is seen.
        var labels = [Int32](repeating: 5, count: 24 * 24)
        for row in 4..<20 { for column in 4..<12 { labels[row * 24 + column] = 3 } }
        for row in 4..<20 { for column in 12..<20 { labels[row * 24 + column] = 0 } }
        let values = Tensor([16, 2], (0..<16).flatMap { place -> [Float] in place % 4 < 2 ? [1, 0] : [0, 1] })
        var overlap = MaskOverlap(columns: [0, 1], signs: [1, 1], thresholds: [0.5, 0.5], categories: 1)
        overlap.add(
            values, rows: 4, across: 4,
            window: PictureWindow(left: 1 / 6, top: 1 / 6, width: 2 / 3, height: 2 / 3),
            mask: PictureMask(height: 24, width: 24, layers: [.init(category: 0, labels: labels)]))
        #expect(overlap.concepts == [.init(category: 0, label: 3)], "what is not seen counts nowhere")
        #expect(overlap.overlap(unit: 0, concept: 0) == 1)
        #expect(overlap.overlap(unit: 1, concept: 0) == 0)
        #expect(overlap.best(1, of: 1).isEmpty)
    }

    @Test func `detectors are counted by category`() {
        func unit(_ index: Int, _ name: String, _ category: String, _ overlap: Float) -> Dissection.Unit {
            .init(
                unit: InternalUnit(layer: "l", index: index), threshold: 0,
                concepts: [.init(name: name, category: category, overlap: overlap)])
        }
        let found = Dissection(
            images: 1, concepts: 3,
            units: [
                unit(0, "cat", "object", 0.3), unit(1, "cat", "object", 0.05), unit(2, "sky", "object", 0.04),
                unit(3, "red", "color", 0.2),
                .init(unit: InternalUnit(layer: "l", index: 4), threshold: 0, concepts: []),
            ])
        let counted = found.detectors(above: 0.04)
        #expect(counted.map(\.category) == ["object", "color"])
        #expect(counted.map(\.units) == [2, 1])
        #expect(counted.map(\.concepts) == [1, 1])
    }
}

extension Tensor {
    /// The rows of several matrices of one width.
    fileprivate init(rowsOf parts: [Tensor]) {
        self.init([parts.reduce(0) { $0 + $1.rows }, parts[0].columns], parts.flatMap(\.values))
    }
}
