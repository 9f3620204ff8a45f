/// Where in an image a unit is active: its activation at every place of the layer, before the layer is pooled.
package struct HeatMap: Sendable, Hashable {
    package var unit: InternalUnit
    /// Row of the image among the probe images.
    package var image: Int
    package var rows: Int
    package var columns: Int
    /// Of the places, row by row: rows · columns.
    package var values: [Float]
    /// Of the tokens that stand at no place: the class token first, then registers.
    package var others: [Float]
    /// The unit's activation on the image as a whole: of the pooled activations.
    package var pooled: Float
    /// Where the places lie on the picture.
    package var window: PictureWindow

    /// - Precondition: a value a place.
    package init(
        unit: InternalUnit, image: Int, rows: Int, columns: Int, values: [Float], others: [Float] = [], pooled: Float,
        window: PictureWindow = .whole
    ) {
        precondition(values.count == rows * columns && !values.isEmpty)
        (self.unit, self.image, self.rows, self.columns) = (unit, image, rows, columns)
        (self.values, self.others, self.pooled, self.window) = (values, others, pooled, window)
    }

    /// Least and greatest activation at a place.
    package var range: ClosedRange<Float> { (values.min() ?? 0)...(values.max() ?? 0) }

    /// From 0 at the cold end of a range of activations to 1 at the hot end, which lies where the unit's pole points. All the
    /// same are 0.
    package func heat(row: Int, column: Int, over range: ClosedRange<Float>) -> Float {
        guard range.upperBound > range.lowerBound else { return 0 }
        let share = (values[row * columns + column] - range.lowerBound) / (range.upperBound - range.lowerBound)
        return max(0, min(1, unit.pole == .negative ? 1 - share : share))
    }

    /// The place of the greatest activation along the unit's pole; the first of equals.
    package var hottest: (row: Int, column: Int) {
        let sign = unit.pole?.sign ?? 1
        let best = values.indices.reduce(0) { sign * values[$1] > sign * values[$0] ? $1 : $0 }
        return (best / columns, best % columns)
    }
}

extension ClosedRange<Float> {
    /// From the least to the greatest activation of several maps; nil of none.
    package init?(of maps: some Sequence<HeatMap>) {
        let ranges = maps.map(\.range)
        guard let least = ranges.map(\.lowerBound).min(), let greatest = ranges.map(\.upperBound).max() else {
            return nil
        }
        self = least...greatest
    }
}

/// The part of a picture that a model sees, as shares of the picture's width and height. It reaches beyond the picture where
/// ground is added around it.
package struct PictureWindow: Sendable, Hashable {
    package var left, top, width, height: Double

    package init(left: Double, top: Double, width: Double, height: Double) {
        (self.left, self.top, self.width, self.height) = (left, top, width, height)
    }

    package static let whole = PictureWindow(left: 0, top: 0, width: 1, height: 1)

    /// The row and column of a grid over the window that a point of the picture falls into; nil outside the window.
    ///
    /// - Parameters:
    ///   - x: from 0 at the picture's left edge to 1 at its right.
    ///   - y: likewise, downwards.
    package func place(x: Double, y: Double, rows: Int, columns: Int) -> (row: Int, column: Int)? {
        let (across, down) = ((x - left) / width, (y - top) / height)
        guard (0..<1).contains(across), (0..<1).contains(down) else { return nil }
        return (min(rows - 1, Int(down * Double(rows))), min(columns - 1, Int(across * Double(columns))))
    }

    /// The middle of a place of a grid over the window, as shares of the picture's width and height.
    package func middle(row: Int, column: Int, rows: Int, columns: Int) -> (x: Double, y: Double) {
        (
            left + (Double(column) + 0.5) / Double(columns) * width,
            top + (Double(row) + 0.5) / Double(rows) * height
        )
    }
}
