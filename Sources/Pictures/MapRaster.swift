import Analysis

/// A map as a picture of pixels, its discs anti-aliased by the share of each pixel that they cover.
struct MapRaster {
    let drawing: MapDrawing
    /// Pixels a unit of the drawing: sharp on dense screens.
    static let scale = 2.0

    var png: [UInt8] {
        let (width, height) = (
            Int(Double(MapDrawing.width) * Self.scale), Int(Double(MapDrawing.height) * Self.scale)
        )
        var canvas = PixelCanvas(width: width, height: height)
        let radius = drawing.radius * Self.scale
        for (point, x, y) in drawing.places {
            canvas.disc(x * Self.scale, y * Self.scale, radius + 0.8, 0xFFFFFF)
            canvas.disc(x * Self.scale, y * Self.scale, radius, drawing.color(point))
        }
        canvas.text(drawing.title, at: (80, 50), pixel: 3, 0x20242C)
        canvas.text(drawing.caption, at: (80, 96), pixel: 2, 0x646A72)
        let legend = MapDrawing.legend
        for (row, group) in drawing.groups.enumerated() {
            let (x, y) = (legend.x * Self.scale, (legend.y + Double(row) * legend.pitch) * Self.scale)
            canvas.disc(x, y, 6 * Self.scale, group.color)
            canvas.text("\(group.name) \(group.size)", at: (Int(x) + 28, Int(y) - 8), pixel: 2, 0x20242C)
        }
        return PNG.encode(width: width, height: height, pixels: canvas.pixels)
    }
}

/// RGB pixels on white.
struct PixelCanvas {
    let width: Int
    let height: Int
    private(set) var pixels: [UInt8]

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        pixels = [UInt8](repeating: 255, count: width * height * 3)
    }

    /// A disc; a pixel at distance d from its middle is covered by about radius + 1/2 - d.
    mutating func disc(_ x: Double, _ y: Double, _ radius: Double, _ color: UInt32) {
        let reach = radius + 1
        for row in max(0, Int(y - reach))..<max(0, min(height, Int(y + reach) + 1)) {
            for column in max(0, Int(x - reach))..<max(0, min(width, Int(x + reach) + 1)) {
                let (dx, dy) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
                let coverage = radius + 0.5 - (dx * dx + dy * dy).squareRoot()
                if coverage > 0 { blend(column, row, color, min(1, coverage)) }
            }
        }
    }

    /// Text in the built-in letters, each of their dots `pixel` pixels wide.
    mutating func text(_ text: String, at origin: (x: Int, y: Int), pixel: Int, _ color: UInt32) {
        var x = origin.x
        for character in text {
            for (row, bits) in PixelFont.rows(of: character).enumerated() {
                for column in 0..<5 where bits >> (4 - column) & 1 == 1 {
                    for dy in 0..<pixel {
                        for dx in 0..<pixel {
                            let (px, py) = (x + column * pixel + dx, origin.y + row * pixel + dy)
                            if (0..<width).contains(px), (0..<height).contains(py) { blend(px, py, color, 1) }
                        }
                    }
                }
            }
            x += 6 * pixel
        }
    }

    private mutating func blend(_ column: Int, _ row: Int, _ color: UInt32, _ share: Double) {
        for channel in 0..<3 {
            let at = (row * width + column) * 3 + channel
            let wanted = Double(color >> UInt32(16 - 8 * channel) & 255)
            pixels[at] = UInt8((Double(pixels[at]) * (1 - share) + wanted * share).rounded())
        }
    }
}
