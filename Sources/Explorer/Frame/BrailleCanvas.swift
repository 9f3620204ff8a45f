/// A grid of dots, two across and four down in every cell, for curves finer than characters.
package struct BrailleCanvas: Sendable, Equatable {
    package let columns: Int
    package let rows: Int
    private var dots: [UInt8]
    private var layers: [UInt8]

    package init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
        dots = Array(repeating: 0, count: self.columns * self.rows)
        layers = dots
    }

    package var width: Int { columns * 2 }
    package var height: Int { rows * 4 }

    /// Sets the dot `x` from the left and `y` from the top; outside the canvas nothing happens. A cell shows the colour of
    /// the last layer that set a dot in it.
    package mutating func set(x: Int, y: Int, layer: Int = 0) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        // Unicode numbers the dots down the left column, then the right, the fourth row last.
        let bits: UInt64 = 0x8040_2004_1002_0801
        let cell = (y / 4) * columns + x / 2
        dots[cell] |= UInt8(truncatingIfNeeded: bits >> UInt64((y % 4 * 2 + x % 2) * 8))
        layers[cell] = UInt8(layer)
    }

    /// Sets the dots from `y0` to `y1` in one column.
    package mutating func column(x: Int, from y0: Int, to y1: Int, layer: Int = 0) {
        for y in min(y0, y1)...max(y0, y1) { set(x: x, y: y, layer: layer) }
    }

    /// The cell's character and layer; nil where no dot is set.
    package func cell(column: Int, row: Int) -> (character: Character, layer: Int)? {
        let index = row * columns + column
        guard dots[index] != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(dots[index])) else { return nil }
        return (Character(scalar), Int(layers[index]))
    }
}

extension Frame {
    /// Draws the canvas from the upper left of `area`, each layer in its style; cells without dots stay as they are.
    package mutating func draw(_ canvas: BrailleCanvas, at origin: Point, styles: [Style]) {
        for row in 0..<canvas.rows {
            for column in 0..<canvas.columns {
                guard let cell = canvas.cell(column: column, row: row) else { continue }
                put(
                    String(cell.character), at: Point(column: origin.column + column, row: origin.row + row),
                    style: styles[cell.layer])
            }
        }
    }
}
