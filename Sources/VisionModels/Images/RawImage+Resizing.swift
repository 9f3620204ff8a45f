import CImageCodecs
import Foundation

extension RawImage {
    /// One channel: ITU-R 601-2 luma in 16-bit fixed point, as Pillow's mode L.
    var luma: RawImage {
        guard shape.channels == 3 else { return self }
        let count = shape.height * shape.width
        let grey = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            for pixel in 0..<count {
                let (red, green, blue) = (
                    Int(bytes[3 * pixel]), Int(bytes[3 * pixel + 1]), Int(bytes[3 * pixel + 2])
                )
                target[pixel] = UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
            }
            initialized = count
        }
        return RawImage(shape: ImageShape(channels: 1, height: shape.height, width: shape.width), bytes: grey)
    }

    /// A grey image in red, green and blue.
    var inThreeChannels: RawImage {
        guard shape.channels == 1 else { return self }
        return RawImage(
            shape: ImageShape(channels: 3, height: shape.height, width: shape.width),
            bytes: bytes.flatMap { [$0, $0, $0] })
    }

    /// The image on a larger ground of one colour (black where `fill` is empty).
    func placed(atRow row: Int, column: Int, inHeight height: Int, width: Int, fill: [UInt8]) -> RawImage {
        let channels = shape.channels
        let ground = ImageShape(channels: channels, height: height, width: width)
        var target = [UInt8](repeating: 0, count: ground.count)
        if !fill.isEmpty {
            for index in target.indices { target[index] = fill[index % channels % fill.count] }
        }
        for y in 0..<shape.height {
            let start = ((row + y) * width + column) * channels
            target.replaceSubrange(
                start..<start + shape.width * channels,
                with: bytes[y * shape.width * channels..<(y + 1) * shape.width * channels])
        }
        return RawImage(shape: ground, bytes: target)
    }

    /// The image at another size, or only some rows and columns of it: the numbers are Pillow's (`Image.resize` on eight bits).
    ///
    /// Two passes, each with antialiasing (the filter widens as the image shrinks), coefficients in fixed
    /// point with 22 bits, sums rounded to bytes after each pass. Columns are made first, but rows where the height shrinks
    /// by more than twice what the width does: so Pillow 13, as found by trying it on thousands of sizes (its older
    /// versions always make columns first, which differs by up to two levels of 255 in such images).
    ///
    /// - Parameters:
    ///   - rows: of the resized image; all by default.
    ///   - columns: of the resized image; all by default.
    package func resized(
        height: Int, width: Int, _ resampling: Resampling, rows: Range<Int>? = nil, columns: Range<Int>? = nil
    ) -> RawImage {
        let (rows, columns) = (rows ?? 0..<height, columns ?? 0..<width)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= height)
        precondition(columns.lowerBound >= 0 && columns.upperBound <= width)
        if resampling == .nearest || (height == shape.height && width == shape.width) {
            return sampled(
                rows: ResamplingWeights.nearest(from: shape.height, to: height, rows),
                columns: ResamplingWeights.nearest(from: shape.width, to: width, columns))
        }
        let vertical = ResamplingWeights(resampling, from: shape.height, to: height, rows)
        let horizontal = ResamplingWeights(resampling, from: shape.width, to: width, columns)
        if width == shape.width {
            let image = resampledRows(vertical, firstRow: 0)
            return columns == 0..<width
                ? image : image.sampled(rows: Array(0..<image.shape.height), columns: Array(columns))
        }
        if height == shape.height { return resampledColumns(horizontal, rows: rows) }
        if height < shape.height, 2 * (shape.width - width) < shape.height - height {
            return resampledRows(vertical, firstRow: 0).resampledColumns(horizontal, rows: 0..<rows.count)
        }
        let needed = vertical.sources
        return resampledColumns(horizontal, rows: needed).resampledRows(vertical, firstRow: needed.lowerBound)
    }

    private func sampled(rows: [Int], columns: [Int]) -> RawImage {
        let channels = shape.channels
        let target = ImageShape(channels: channels, height: rows.count, width: columns.count)
        guard target != shape || rows.first != 0 || columns.first != 0 else { return self }
        let result = [UInt8](unsafeUninitializedCapacity: target.count) { buffer, initialized in
            var place = 0
            for row in rows {
                for column in columns {
                    for channel in 0..<channels {
                        buffer[place] = bytes[(row * shape.width + column) * channels + channel]
                        place += 1
                    }
                }
            }
            initialized = place
        }
        return RawImage(shape: target, bytes: result)
    }

    /// [height, width, c] -> [rows.count, weights.count, c]
    private func resampledColumns(_ weights: ResamplingWeights, rows: Range<Int>) -> RawImage {
        let target = ImageShape(channels: shape.channels, height: rows.count, width: weights.first.count)
        let result = [UInt8](unsafeUninitializedCapacity: target.count) { buffer, initialized in
            bytes.withUnsafeBufferPointer {
                image_resample_columns(
                    $0.baseAddress! + rows.lowerBound * shape.width * shape.channels, Int32(shape.width),
                    Int32(rows.count), Int32(shape.channels), weights.first, weights.taps, weights.values,
                    Int32(weights.stride), Int32(target.width), buffer.baseAddress!)
            }
            initialized = target.count
        }
        return RawImage(shape: target, bytes: result)
    }

    /// [height, width, c], whose first row is the source's `firstRow` -> [weights.count, width, c]
    private func resampledRows(_ weights: ResamplingWeights, firstRow: Int) -> RawImage {
        let target = ImageShape(channels: shape.channels, height: weights.first.count, width: shape.width)
        let result = [UInt8](unsafeUninitializedCapacity: target.count) { buffer, initialized in
            bytes.withUnsafeBufferPointer {
                image_resample_rows(
                    $0.baseAddress!, Int32(shape.width * shape.channels), Int32(firstRow), weights.first, weights.taps,
                    weights.values, Int32(weights.stride), Int32(target.height), buffer.baseAddress!)
            }
            initialized = target.count
        }
        return RawImage(shape: target, bytes: result)
    }
}

/// Which source pixels make each pixel along one edge, and with what weight.
struct ResamplingWeights {
    /// The first source pixel of each target pixel, and how many there are.
    private(set) var first: [Int32] = []
    private(set) var taps: [Int32] = []
    /// `stride` to a target pixel, in units of 2^-22.
    private(set) var values: [Int32] = []
    let stride: Int

    /// - Parameter range: of the target pixels.
    init(_ resampling: Resampling, from source: Int, to target: Int, _ range: Range<Int>) {
        let scale = Double(source) / Double(target)
        let filterScale = max(scale, 1)
        let support = resampling.support * filterScale
        stride = Int(support.rounded(.up)) * 2 + 1
        values.reserveCapacity(range.count * stride)
        for pixel in range {
            let center = (Double(pixel) + 0.5) * scale
            let start = max(0, Int(center - support + 0.5))
            let end = min(source, Int(center + support + 0.5))
            let weights = (start..<end).map { resampling.weight((Double($0) - center + 0.5) * (1 / filterScale)) }
            let sum = weights.reduce(0, +)
            first.append(Int32(start))
            taps.append(Int32(end - start))
            for index in 0..<stride {
                let weight = index < weights.count ? (sum == 0 ? weights[index] : weights[index] / sum) : 0
                values.append(Int32((weight < 0 ? -0.5 : 0.5) + weight * Double(1 << 22)))
            }
        }
    }

    /// The source pixels that any target pixel needs.
    var sources: Range<Int> {
        let start = first.min() ?? 0
        let end = zip(first, taps).map { $0 + $1 }.max() ?? 0
        return Int(start)..<Int(end)
    }

    /// The source pixel of each target pixel, the one its middle falls on.
    static func nearest(from source: Int, to target: Int, _ range: Range<Int>) -> [Int] {
        let scale = Double(source) / Double(target)
        // The position is summed up, as Pillow does it: rounding included.
        var position = scale * 0.5
        var pixels: [Int] = []
        for pixel in 0..<range.upperBound {
            if pixel >= range.lowerBound { pixels.append(min(source - 1, Int(position))) }
            position += scale
        }
        return pixels
    }
}

extension Resampling {
    /// How far the filter reaches, in target pixels.
    fileprivate var support: Double {
        switch self {
        case .nearest, .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The filter at a distance in target pixels.
    fileprivate func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
        switch self {
        case .nearest, .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear: return x < 1 ? 1 - x : 0
        case .hamming: return x == 0 ? 1 : x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * cos(x * .pi))
        case .bicubic:
            // Keys (1981) with a = -0.5.
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
        case .lanczos: return distance >= -3 && distance < 3 ? sinc(distance) * sinc(distance / 3) : 0
        }
    }
}
