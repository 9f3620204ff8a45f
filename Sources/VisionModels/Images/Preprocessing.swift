import Digests

/// How an image becomes a model's input: resized, cut to its middle, then bytes times `scale`, per channel minus `mean` and
/// divided by `deviation`.
///
/// Grey images are repeated for models of three channels; coloured ones become luma (ITU-R 601-2) for models of one.
package struct Preprocessing: Sendable, Hashable {
    /// Raised whenever the same settings would give other numbers than before, so that nothing cached is taken for new.
    private static let version = 2

    /// Nil: the image keeps its size.
    package var resize: Resize?
    package var resampling: Resampling
    /// Nil: the whole image is used.
    package var crop: CenterCrop?
    /// 1/255 as a rule.
    package var scale: Float
    /// One value a channel.
    package var mean: [Float]
    /// One value a channel, none zero.
    package var deviation: [Float]

    /// - Precondition: as many means as deviations, one or three; no deviation is zero.
    package init(
        resize: Resize?, resampling: Resampling = .bicubic, crop: CenterCrop? = nil, scale: Float = 1 / 255,
        mean: [Float], deviation: [Float]
    ) {
        precondition(mean.count == deviation.count && (mean.count == 1 || mean.count == 3) && !deviation.contains(0))
        self.resize = resize
        self.resampling = resampling
        self.crop = crop
        self.scale = scale
        self.mean = mean
        self.deviation = deviation
    }

    package var digest: Digest {
        Digest(
            Self.version, resize.map { "\($0)" } ?? "keep", resampling.rawValue, crop.map { "\($0)" } ?? "whole", scale,
            mean, deviation)
    }

    /// Channels of the input made.
    package var channels: Int { mean.count }

    /// The shape of what an image of `shape` becomes.
    package func inputShape(of shape: ImageShape) -> ImageShape {
        var (height, width) = (shape.height, shape.width)
        if let resize { (height, width) = resize.size(height: height, width: width) }
        if let crop { (height, width) = (crop.height, crop.width) }
        return ImageShape(channels: channels, height: height, width: width)
    }

    /// The part of an image that the input shows, as shares of the image's width and height; it reaches beyond the image where
    /// ground is added.
    package func window(of shape: ImageShape) -> (left: Double, top: Double, width: Double, height: Double) {
        guard let crop else { return (0, 0, 1, 1) }
        let size = resize?.size(height: shape.height, width: shape.width) ?? (shape.height, shape.width)
        let (height, width) = (Double(size.0), Double(size.1))
        return (
            Double(crop.offset(edge: size.1, crop: crop.width)) / width,
            Double(crop.offset(edge: size.0, crop: crop.height)) / height, Double(crop.width) / width,
            Double(crop.height) / height
        )
    }

    /// The shape that images of any size become; nil where it depends on the image's.
    package var fixedInputShape: ImageShape? {
        if let crop { return ImageShape(channels: channels, height: crop.height, width: crop.width) }
        guard case .exactly(let height, let width)? = resize else { return nil }
        return ImageShape(channels: channels, height: height, width: width)
    }

    /// Writes an image channel by channel: [height, width, channels] of bytes -> `inputShape` as floats.
    ///
    /// - Precondition: `target` has room for exactly `inputShape(of: image.shape)`.
    package func write(_ image: RawImage, to target: UnsafeMutableBufferPointer<Float>) {
        let shape = inputShape(of: image.shape)
        precondition(target.count == shape.count, "\(target.count) places for an input of \(shape)")
        let pixels = bytes(of: image)
        let (stored, count) = (pixels.shape.channels, shape.height * shape.width)
        pixels.bytes.withUnsafeBufferPointer { bytes in
            for channel in 0..<channels {
                // Each of 256 bytes has one value: (byte scale - mean) / deviation.
                let values = (0..<256).map { (Float($0) * scale - mean[channel]) / deviation[channel] }
                values.withUnsafeBufferPointer { values in
                    var source = min(channel, stored - 1)
                    for pixel in 0..<count {
                        target[channel * count + pixel] = values[Int(bytes[source])]
                        source += stored
                    }
                }
            }
        }
    }

    /// The resized and cropped image in bytes, with one channel or those of the model: what people are shown when they
    /// ask what the model sees.
    package func bytes(of image: RawImage) -> RawImage {
        let image = channels == 1 ? image.luma : image
        let size = resize?.size(height: image.shape.height, width: image.shape.width)
        let (height, width) = size ?? (image.shape.height, image.shape.width)
        guard let crop else { return image.resized(height: height, width: width, resampling) }
        let (top, left) = (
            crop.offset(edge: height, crop: crop.height), crop.offset(edge: width, crop: crop.width)
        )
        let rows = max(0, top)..<min(height, top + crop.height)
        let columns = max(0, left)..<min(width, left + crop.width)
        let middle = image.resized(height: height, width: width, resampling, rows: rows, columns: columns)
        guard rows.count < crop.height || columns.count < crop.width else { return middle }
        // A grey picture may lie on a coloured ground.
        return (Set(crop.fill).count > 1 ? middle.inThreeChannels : middle).placed(
            atRow: max(0, -top), column: max(0, -left), inHeight: crop.height, width: crop.width, fill: crop.fill)
    }
}
