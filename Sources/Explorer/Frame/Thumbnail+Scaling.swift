import Analysis

extension Thumbnail {
    /// The picture at another size by area averaging (a box filter), which neither drops nor invents edges.
    package func scaled(width newWidth: Int, height newHeight: Int) -> Thumbnail {
        guard newWidth > 0, newHeight > 0, width > 0, height > 0 else {
            return Thumbnail(width: 0, height: 0, pixels: [])
        }
        if newWidth == width, newHeight == height { return self }
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        let columns = (0..<newWidth).map { Thumbnail.shares(of: $0, outOf: newWidth, over: width) }
        for y in 0..<newHeight {
            let rows = Thumbnail.shares(of: y, outOf: newHeight, over: height)
            for x in 0..<newWidth {
                var (sum, weight) = (SIMD4<Float>(), Float(0))
                for (sourceRow, rowShare) in rows {
                    for (sourceColumn, columnShare) in columns[x] {
                        let at = (sourceRow * width + sourceColumn) * 3
                        let share = rowShare * columnShare
                        sum +=
                            share * SIMD4(Float(pixels[at]), Float(pixels[at + 1]), Float(pixels[at + 2]), 0)
                        weight += share
                    }
                }
                for channel in 0..<3 {
                    result[(y * newWidth + x) * 3 + channel] = UInt8((sum[channel] / weight).rounded())
                }
            }
        }
        return Thumbnail(width: newWidth, height: newHeight, pixels: result)
    }

    /// The source pixels under one target pixel, each with the share of it that is covered.
    private static func shares(of index: Int, outOf count: Int, over source: Int) -> [(pixel: Int, share: Float)] {
        let (from, to) = (Float(index * source) / Float(count), Float((index + 1) * source) / Float(count))
        return (Int(from)..<min(source, Int(to.rounded(.up)))).compactMap { pixel in
            let share = min(to, Float(pixel + 1)) - max(from, Float(pixel))
            return share > 1e-4 ? (pixel, share) : nil
        }
    }

    func color(x: Int, y: Int) -> RGB {
        let at = (y * width + x) * 3
        return RGB(pixels[at], pixels[at + 1], pixels[at + 2])
    }
}
