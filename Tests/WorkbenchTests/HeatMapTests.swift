import Analysis
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels
import Workbench

/// Where in an image a unit is active, on real images.
@Suite struct HeatMapTests {
    private let folder: URL

    init() throws { folder = try Samples.temporaryFolder() }

    private func target(layer: String, pooling: String = "cls") throws -> TargetLayer {
        var plan = try StudyPlan.small(in: folder)
        (plan.target.layers, plan.target.pooling) = ([layer], pooling)
        return try TargetLayer.created(at: folder.appending(path: "h.study"), plan: plan)
    }

    private func maps(
        _ study: StudiedLayer, _ unit: InternalUnit, _ images: [Int], _ work: Work = Work()
    ) throws -> [HeatMap] {
        var maps: [HeatMap] = []
        try study.heatMaps(of: unit, images: images, work) { maps.append($0) }
        return maps
    }

    @Test(
        "the places and the other tokens are the layer's own activations, and their mean the unit's, to the last bits")
    func mean() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try target(layer: "blocks.2", pooling: "mean").prepare()
        let model = try loadTargetModel(at: Samples.folder.appending(path: "target-vit"))
        let source = try openImages(at: folder.appending(path: "train10k-images-idx3-ubyte"))
        let point = try #require(model.hookPoint(named: "blocks.2"))
        let unit = try study.unit("17-")
        let column = try study.neurons.probe.column(17)
        let images = [5, 0, 311]
        let maps = try maps(study, unit, images)
        #expect(maps.map(\.image) == images, "one after the other, in the order asked for")
        // All images in one batch: results do not depend on it.
        var tokens = Tensor([0])
        _ = model.logits(
            try source.pixels(images, as: model.preprocessing, for: model.input),
            hooks: Hooks(at: point) { tokens = $0 })
        for (place, map) in maps.enumerated() {
            #expect((map.rows, map.columns, map.others.count) == (4, 4, 1))
            let own = (0..<17).map { tokens.values[(place * 17 + $0) * point.width + 17] }
            #expect(map.others + map.values == own)
            #expect(map.window == .whole)
            #expect(map.pooled == column[map.image], "the very same sum as when the study was made")
            assertClose(
                own.reduce(0, +) / 17, column[map.image], within: 1e-6,
                because: "seventeen float32 values of size one, added in another order")
        }
    }

    @Test("a unit read at the class token shows it beside the patches")
    func classToken() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try target(layer: "norm").prepare()
        let map = try maps(study, study.unit("3+"), [7])[0]
        #expect(map.others == [map.pooled])
        #expect(map.pooled == (try study.neurons.probe.column(3)[7]))
        #expect(map.values.allSatisfy { $0 != map.pooled })
    }

    @Test("of a feature, the code of each place's activations")
    func features() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let target = try target(layer: "blocks.2", pooling: "mean")
        try target.extract()
        var parameters = AutoencoderParameters(features: 96, k: 8, steps: 40)
        parameters.batch = 128
        try target.trainAutoencoder(parameters)
        let study = try target.prepare(features: true)
        let space = try #require(study.space(.feature) as? FeatureSpace)
        // The feature that most images activate, on an image that does.
        let feature = try #require(
            (0..<96).max { space.probe.density($0) < space.probe.density($1) })
        let codesOfImages = space.probe.column(feature)
        let image = try #require(codesOfImages.indices.max { codesOfImages[$0] < codesOfImages[$1] })
        let map = try maps(study, study.unit("f\(feature)"), [image])[0]
        let neurons = try (0..<study.neurons.count).map { try maps(study, study.unit("\($0)+"), [image])[0] }
        let places = Tensor([16, neurons.count], (0..<16).flatMap { place in neurons.map { $0.values[place] } })
        let codes = space.autoencoder.encode(places)
        let expected = (0..<16).map { row in
            codes.range(of: row).first { codes.indices[$0] == Int32(feature) }.map { codes.values[$0] } ?? 0
        }
        #expect(map.values == expected)
        #expect(expected.contains { $0 > 0 })
        assertClose(
            map.pooled, codesOfImages[image], within: 1e-5,
            because: "a product of one row and of many, in float32")
    }

    @Test("a layer of one vector an image says why there is none")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try target(layer: "logits").prepare()
        #expect(throws: WorkbenchError.noPlaces(layer: "logits", isImported: false)) {
            try maps(study, study.unit("1+"), [0])
        }
    }

    @Test("it stops before the next image")
    func cancelling() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let study = try target(layer: "norm").prepare()
        var known: [Int] = []
        let unit = try study.unit("1+")
        #expect(throws: CancellationError.self) {
            try study.heatMaps(of: unit, images: [4, 5, 6]) {
                known.append($0.image)
                if known.count == 2 { throw CancellationError() }
            }
        }
        #expect(known == [4, 5])
        let stopped = Work(checkCancellation: { throw CancellationError() })
        #expect(throws: CancellationError.self) { try maps(study, unit, [4], stopped) }
    }
}
