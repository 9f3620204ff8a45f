import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Where tokens stand in the input.
@Suite("The grid of a hook point")
struct TokenGridTests {
    private static let layouts = packageFolder.appending(path: "Tests/Goldens/layouts")

    private static let names = [
        "torchvision-vit", "timm-vit-registers", "timm-vit-gap", "hf-deit-vit-distilled", "torchvision-resnet-basic",
        "torchvision-resnet-bottleneck", "timm-convnext", "timm-efficientnet-lite",
    ]

    private func model(_ name: String) throws -> any TargetModel {
        let folder = Self.layouts.appending(path: name)
        let named = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .first { $0.hasSuffix(".safetensors") && !$0.hasPrefix("expected") && !$0.hasPrefix("model") }
        return try loadTargetModel(at: named.map { folder.appending(path: $0) } ?? folder)
    }

    @Test("has as many places as the point has tokens, where it has several", arguments: names)
    func counts(name: String) throws {
        let model = try model(name)
        for point in model.hookPoints {
            let grid = model.grid(at: point)
            #expect(grid != nil || point.tokens == 1, "\(point.name)")
            if let grid { #expect(grid.prefix + grid.places == point.tokens, "\(point.name)") }
        }
        #expect(model.coarsestGrid != nil)
    }

    @Test("is in reading order: a change of the picture at a place shows there first", arguments: names)
    func order(name: String) throws {
        let model = try model(name)
        let point = model.hookPoints[0]
        let grid = try #require(model.grid(at: point))
        let input = model.input
        let (row, column) = (grid.rows - 1, min(1, grid.columns - 1))
        var pixels = Tensor([1, input.channels, input.height, input.width])
        func tokens() -> Tensor {
            var tokens = Tensor([0])
            _ = model.logits(pixels, hooks: Hooks(at: point) { tokens = $0 })
            return tokens
        }
        let before = tokens()
        pixels.withUnsafeMutable { pixels in
            for channel in 0..<input.channels {
                for y in row * input.height / grid.rows..<(row + 1) * input.height / grid.rows {
                    for x in column * input.width / grid.columns..<(column + 1) * input.width / grid.columns {
                        pixels[(channel * input.height + y) * input.width + x] = 3 * (Float(channel) - 0.7)
                    }
                }
            }
        }
        let after = tokens()
        let moved = (0..<point.tokens).map { token in
            (0..<point.width).reduce(Float(0)) {
                $0 + abs(after.values[token * point.width + $1] - before.values[token * point.width + $1])
            }
        }
        let most = moved.indices.max { moved[$0] < moved[$1] }
        #expect(most == grid.prefix + row * grid.columns + column)
        // Patches do not overlap, and nothing has mixed them yet.
        if name.contains("vit") { #expect(moved.count { $0 > 0 } == 1) }
    }
}

/// What part of a picture a model sees.
@Suite("The window of a preprocessing")
struct WindowTests {
    @Test("is the middle that is cut out, or more than the picture where ground is added")
    func window() {
        let tall = ImageShape(channels: 3, height: 400, width: 200)
        var preprocessing = Preprocessing(resize: .shortestEdge(100), mean: [0, 0, 0], deviation: [1, 1, 1])
        let whole = preprocessing.window(of: tall)
        #expect([whole.left, whole.top, whole.width, whole.height] == [0, 0, 1, 1])
        preprocessing.crop = CenterCrop(height: 80, width: 80, rounding: .down)
        let cut = preprocessing.window(of: tall)
        #expect([cut.left, cut.top, cut.width, cut.height] == [0.1, 0.3, 0.8, 0.4])
        preprocessing.crop = CenterCrop(height: 200, width: 120, rounding: .down)
        let padded = preprocessing.window(of: tall)
        #expect([padded.left, padded.top, padded.width, padded.height] == [-0.1, 0, 1.2, 1])
    }
}
