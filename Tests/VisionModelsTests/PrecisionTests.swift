import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// The sample models in bfloat16 beside float32, on the 10,000 test images of Fashion-MNIST.
@Suite("bfloat16", .enabled(if: Precision.bfloat16.isSupported))
struct PrecisionTests {
    private func images() throws -> IDXImages {
        try IDXImages(images: samples.appending(path: "fashion-mnist/t10k-images-idx3-ubyte.gz"))
    }

    /// Of how many images in a hundred both models predict the same class.
    private func agreement(_ a: any TargetModel, _ b: any TargetModel) throws -> Double {
        let images = try images()
        var equal = 0
        for first in stride(from: 0, to: images.count, by: 1000) {
            let pixels = try images.pixels(first..<first + 1000, as: a.preprocessing, for: a.input)
            equal += zip(a.logits(pixels).argmax(), b.logits(pixels).argmax()).count { $0 == $1 }
        }
        return 100 * Double(equal) / Double(images.count)
    }

    @Test func `predicts what float32 does on 99.5 of 100 images, and is another model`() throws {
        let folder = samples.appending(path: "target-vit")
        let (exact, rounded) = (
            try loadTargetModel(at: folder), try loadTargetModel(at: folder, precision: .bfloat16)
        )
        #expect(exact.digest != rounded.digest, "nothing computed in one precision is used for the other")
        let agreement = try agreement(exact, rounded)
        #expect(agreement >= 99.5, "\(agreement) %")
    }

    @Test func `serves CLIP's images and leaves its texts as they are`() throws {
        let folder = ModelLocation(samples.appending(path: "clip"))
        let names = try loadTargetModel(at: samples.appending(path: "target-vit")).classes
        func zeroShot(_ precision: Precision) throws -> any TargetModel {
            try loadZeroShotModel(at: folder, classes: names, templates: .plain, precision: precision)
        }
        let agreement = try agreement(zeroShot(.float32), zeroShot(.bfloat16))
        #expect(agreement >= 99.5, "\(agreement) %")
        let (exact, rounded) = (
            try loadConceptSpace(at: folder), try loadConceptSpace(at: folder, precision: .bfloat16)
        )
        #expect(exact.embed(concepts: names) == rounded.embed(concepts: names))
        #expect(exact.digest != rounded.digest)
    }
}
