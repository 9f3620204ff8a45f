import Digests
import Foundation

/// How an image becomes a model's input: bytes times `scale`, then per channel minus `mean` and divided by `deviation`.
///
/// Images must have the model's size; resizing is not part of it yet.
public struct Preprocessing: Sendable, Hashable {
    /// Raised whenever the same settings would give other numbers than before, so that nothing cached is taken for new.
    private static let version = 1

    /// 1/255 as a rule.
    public var scale: Float
    /// One value a channel.
    public var mean: [Float]
    /// One value a channel, none zero.
    public var deviation: [Float]

    public var digest: Digest { Digest(Self.version, scale, mean, deviation) }

    /// What a family of models takes when it does not say.
    struct Standard: Sendable {
        let mean: [Float]
        let deviation: [Float]

        static let vit = Standard(mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])
        static let imageNet = Standard(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
        static let clip = Standard(
            mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])
    }

    /// Reads preprocessor_config.json in a model's folder; without that file a model takes the standard of its family.
    init(inFolder folder: URL, for input: ImageShape, default standard: Standard) throws(VisionModelsError) {
        let url = folder.appending(path: "preprocessor_config.json")
        guard FileManager.default.fileExists(atPath: url.path) else {
            guard standard.mean.count == input.channels else { throw .unreadable(file: url.path, code: ENOENT) }
            (scale, mean, deviation) = (1 / 255, standard.mean, standard.deviation)
            return
        }
        let settings = try Settings(url)
        let rescales = try settings.flag("do_rescale", default: true)
        let normalizes = try settings.flag("do_normalize", default: true)
        scale = rescales ? try settings.float("rescale_factor", default: 1 / 255) : 1
        mean = [Float](repeating: 0, count: input.channels)
        deviation = [Float](repeating: 1, count: input.channels)
        guard normalizes else { return }
        mean = try settings.floats("image_mean") ?? standard.mean
        deviation = try settings.floats("image_std") ?? standard.deviation
        guard mean.count == input.channels else {
            throw settings.unsuitable("image_mean", expected: "one number for each of \(input.channels) channels")
        }
        guard deviation.count == input.channels, !deviation.contains(0) else {
            throw settings.unsuitable(
                "image_std", expected: "one number, not zero, for each of \(input.channels) channels")
        }
    }

    /// Writes an image channel by channel: [height, width, channels] -> [channels, height, width].
    func write(_ image: RawImage, to target: UnsafeMutableBufferPointer<Float>) {
        let (channels, pixels) = (image.shape.channels, image.shape.height * image.shape.width)
        precondition(target.count == image.shape.count && mean.count == channels)
        image.bytes.withUnsafeBufferPointer { bytes in
            for channel in 0..<channels {
                let (mean, deviation) = (mean[channel], deviation[channel])
                for pixel in 0..<pixels {
                    let value = Float(bytes[pixel * channels + channel]) * scale
                    target[channel * pixels + pixel] = (value - mean) / deviation
                }
            }
        }
    }
}
