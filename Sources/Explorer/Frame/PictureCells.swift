import Analysis

/// Four pixels as one character in two colours: of the eight ways to part them, the one that loses least.
struct QuadrantCell {
    let character: Character
    let ink: RGB
    let paper: RGB

    /// By which pixels are inked: 1 the upper left, 2 the upper right, 4 and 8 below them.
    private static let characters: [Character] = Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")

    /// - Precondition: four pixels, row by row.
    init(_ pixels: [RGB]) {
        precondition(pixels.count == 4)
        // A half block first: it stays unless another way is truly better, so that neighbours look alike.
        var best = (mask: 3, loss: Float.infinity, ink: SIMD3<Float>(), paper: SIMD3<Float>())
        let colors = pixels.map { SIMD3(Float($0.red), Float($0.green), Float($0.blue)) }
        for mask in [3, 5, 1, 2, 4, 8, 6] {
            var (sums, counts) = ([SIMD3<Float>(), SIMD3<Float>()], [Float(0), Float(0)])
            for (index, color) in colors.enumerated() {
                sums[mask >> index & 1] += color
                counts[mask >> index & 1] += 1
            }
            let means = [sums[0] / counts[0], sums[1] / counts[1]]
            let loss = colors.enumerated().reduce(Float(0)) {
                let away = $1.element - means[mask >> $1.offset & 1]
                return $0 + (away * away).sum()
            }
            if loss + 12 < best.loss { best = (mask, loss, means[1], means[0]) }
        }
        character = Self.characters[best.mask]
        ink = RGB(best.ink)
        paper = RGB(best.paper)
    }
}

extension RGB {
    fileprivate init(_ color: SIMD3<Float>) {
        func byte(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }
        self.init(byte(color.x), byte(color.y), byte(color.z))
    }
}

/// How light a picture's pixels are, between its own darkest and lightest: few greys must not be spent on none.
struct Tones {
    private let width: Int
    private let values: [Float]

    init(_ picture: Thumbnail) {
        width = picture.width
        let lights = (0..<picture.width * picture.height).map { at in
            Float(picture.color(x: at % picture.width, y: at / picture.width).luminance)
        }
        let (least, greatest) = (lights.min() ?? 0, lights.max() ?? 255)
        values = lights.map { greatest > least ? ($0 - least) / (greatest - least) : $0 / 255 }
    }

    /// From 0 to 1.
    func share(_ x: Int, _ y: Int) -> Float { values[y * width + x] }

    /// One of `count` levels, each pixel up or down by its place in Bayer's matrix of 4 x 4.
    func dithered(_ x: Int, _ y: Int, of count: Int) -> Int {
        let bayer: [Float] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
        let threshold = (bayer[y % 4 * 4 + x % 4] + 0.5) / 16
        return min(count - 1, Int(share(x, y) * Float(count - 1) + threshold))
    }
}
