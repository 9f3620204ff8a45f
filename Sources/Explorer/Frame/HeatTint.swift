import Analysis

/// A heat map as it is laid over a picture: the picture in grey, under colours from cold to hot.
package struct HeatTint: Sendable, Hashable {
    package var map: HeatMap
    /// The activations at the cold and the hot end.
    package var range: ClosedRange<Float>

    package init(_ map: HeatMap, over range: ClosedRange<Float>) { (self.map, self.range) = (map, range) }

    /// How hot the picture is at a point of it, from 0 to 1; nil where the model does not see it.
    func heat(x: Double, y: Double) -> Float? {
        map.window.place(x: x, y: y, rows: map.rows, columns: map.columns).map {
            map.heat(row: $0.row, column: $0.column, over: range)
        }
    }

    /// From dark blue over red to bright yellow: hotter is lighter too, for who tells no hues apart (the ends and quarters
    /// of Matplotlib's *plasma*).
    static func color(_ heat: Float) -> RGB {
        let place = max(0, min(1, heat)) * Float(stops.count - 1)
        let low = min(stops.count - 2, Int(place))
        return stops[low].mixed(with: stops[low + 1], place - Float(low))
    }

    private static let stops = [
        RGB(13, 8, 135), RGB(126, 3, 168), RGB(204, 71, 120), RGB(248, 149, 64), RGB(240, 249, 33),
    ]
    /// How much of a pixel is the colour of its heat.
    private static let share: Float = 0.6

    /// A picture of any size under the tint.
    func applied(to picture: Thumbnail) -> Thumbnail {
        var pixels = picture.pixels
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let own = picture.color(x: x, y: y)
                let grey = UInt8(clamping: own.luminance)
                let place = (
                    x: (Double(x) + 0.5) / Double(picture.width), y: (Double(y) + 0.5) / Double(picture.height)
                )
                let color = heat(x: place.x, y: place.y).map {
                    RGB(grey, grey, grey).mixed(with: Self.color($0), Self.share)
                }
                let at = (y * picture.width + x) * 3
                let shown = color ?? RGB(grey / 2, grey / 2, grey / 2)
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (shown.red, shown.green, shown.blue)
            }
        }
        return Thumbnail(width: picture.width, height: picture.height, pixels: pixels)
    }

    /// The same for a terminal that shows pixels: with eight of them for each place, and a frame around the hottest.
    func framed(_ picture: Thumbnail) -> Thumbnail {
        let pixelsPerPlace = min(
            Double(picture.width) * map.window.width / Double(map.columns),
            Double(picture.height) * map.window.height / Double(map.rows))
        var result = applied(to: picture.enlarged(by: max(1, min(8, Int((8 / pixelsPerPlace).rounded(.up))))))
        func edges(_ place: Int, of count: Int, _ start: Double, _ length: Double, _ pixels: Int) -> (Int, Int) {
            let ends = [place, place + 1].map {
                ((start + Double($0) / Double(count) * length) * Double(pixels)).rounded()
            }
            return (Int(ends[0]), Int(ends[1]) - 1)
        }
        let (hottest, window) = (map.hottest, map.window)
        let (left, right) = edges(hottest.column, of: map.columns, window.left, window.width, result.width)
        let (top, bottom) = edges(hottest.row, of: map.rows, window.top, window.height, result.height)
        for y in max(0, top)..<max(0, top, min(result.height, bottom + 1)) {
            for x in max(0, left)..<max(0, left, min(result.width, right + 1))
            where y == top || y == bottom || x == left || x == right {
                for channel in 0..<3 { result.pixels[(y * result.width + x) * 3 + channel] = 255 }
            }
        }
        return result
    }
}

extension Thumbnail {
    /// Each pixel as a square of `factor` by `factor`.
    fileprivate func enlarged(by factor: Int) -> Thumbnail {
        guard factor > 1 else { return self }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(self.pixels.count * factor * factor)
        for y in 0..<height * factor {
            for x in 0..<width * factor {
                let at = (y / factor * width + x / factor) * 3
                pixels += self.pixels[at..<at + 3]
            }
        }
        return Thumbnail(width: width * factor, height: height * factor, pixels: pixels)
    }
}

extension RGB {
    /// A share of another colour in it, from 0 to 1.
    func mixed(with other: RGB, _ share: Float) -> RGB {
        func mix(_ one: UInt8, _ two: UInt8) -> UInt8 {
            UInt8(max(0, min(255, (Float(one) + (Float(two) - Float(one)) * share).rounded())))
        }
        return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }
}
