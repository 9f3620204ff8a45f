/// A place of an image that is covered before a model sees it.
package struct Cover: Sendable, Hashable {
    /// What covers it.
    package enum Filling: String, Sendable, Hashable, CaseIterable {
        /// The middle between black and white.
        case grey
        /// Each pixel the mean of those around it, as far as the place is wide.
        case blur
        /// The mean colour of what the model sees.
        case mean
    }

    package var row: Int
    package var column: Int
    package var filling: Filling

    package init(row: Int, column: Int, filling: Filling) {
        (self.row, self.column, self.filling) = (row, column, filling)
    }

    /// The pixels of the place, on an input that so many rows and columns of places divide.
    package func pixels(width: Int, height: Int, rows: Int, columns: Int) -> (x: Range<Int>, y: Range<Int>) {
        (
            column * width / columns..<(column + 1) * width / columns, row * height / rows..<(row + 1) * height / rows
        )
    }

    /// One channel [height, width] with the place covered.
    ///
    /// - Parameter grey: the value of the middle between black and white.
    package func applied(
        to channel: [Float], width: Int, height: Int, rows: Int, columns: Int, grey: Float
    ) -> [Float] {
        precondition(channel.count == width * height)
        let (xs, ys) = pixels(width: width, height: height, rows: rows, columns: columns)
        var result = channel
        let mean = channel.reduce(0) { $0 + Double($1) } / Double(max(1, channel.count))
        for y in ys {
            for x in xs {
                result[y * width + x] =
                    switch filling {
                    case .grey: grey
                    case .mean: Float(mean)
                    case .blur: Self.mean(of: channel, width, height, around: (x, y), by: (xs.count, ys.count))
                    }
            }
        }
        return result
    }

    /// The mean of the pixels up to `reach` away, as far as there are any.
    private static func mean(
        of channel: [Float], _ width: Int, _ height: Int, around point: (x: Int, y: Int), by reach: (x: Int, y: Int)
    ) -> Float {
        let xs = max(0, point.x - reach.x)...min(width - 1, point.x + reach.x)
        let ys = max(0, point.y - reach.y)...min(height - 1, point.y + reach.y)
        var sum: Float = 0
        for y in ys { for x in xs { sum += channel[y * width + x] } }
        return sum / Float(xs.count * ys.count)
    }
}

/// What is made of one image: a unit's activation, and the logits of the classes that are counted.
package struct ImageReading: Sendable, Hashable {
    package var activation: Float
    /// One a class; none where nobody says which class an image is.
    package var logits: [Float]

    package init(activation: Float, logits: [Float]) { (self.activation, self.logits) = (activation, logits) }

    /// The class of the greatest logit; the first of equals.
    package var predicted: Int? {
        logits.indices.max { logits[$0] < logits[$1] || logits[$0] == logits[$1] && $0 > $1 }
    }
}

/// An image as it is and with a place covered.
package struct CoveredImage: Sendable, Hashable {
    package var unit: InternalUnit
    /// Row of the image among the probe images.
    package var image: Int
    /// How many places there are to cover, and where they lie on the picture.
    package var rows, columns: Int
    package var window: PictureWindow
    /// Names of the classes, in the order of the logits.
    package var classes: [String]
    package var before: ImageReading
    /// Nil where nothing is covered.
    package var cover: Cover?
    package var after: ImageReading?

    package init(
        unit: InternalUnit, image: Int, rows: Int, columns: Int, window: PictureWindow, classes: [String],
        before: ImageReading, cover: Cover? = nil, after: ImageReading? = nil
    ) {
        (self.unit, self.image, self.rows, self.columns, self.window) = (unit, image, rows, columns, window)
        (self.classes, self.before, self.cover, self.after) = (classes, before, cover, after)
    }

    /// The classes to look at: the three likeliest before, and the one that is predicted after, with their logits.
    package var classesAtHand: [(name: String, before: Float, after: Float?)] {
        var places = before.logits.indices.sorted { (-before.logits[$0], $0) < (-before.logits[$1], $1) }.prefix(3).map
        { $0 }
        if let new = after?.predicted, !places.contains(new) { places.append(new) }
        return places.map { (classes[$0], before.logits[$0], after?.logits[$0]) }
    }
}
