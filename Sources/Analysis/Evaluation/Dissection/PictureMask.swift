/// What the pixels of a picture show, as people labelled them.
package struct PictureMask: Sendable, Equatable {
    /// One label a pixel, of one category. Where pixels have several, a category has several layers.
    package struct Layer: Sendable, Equatable {
        package var category: Int
        /// Row by row: height · width; 0 is unlabelled.
        package var labels: [Int32]

        package init(category: Int, labels: [Int32]) { (self.category, self.labels) = (category, labels) }
    }

    /// What is labelled: a label of a category. The same label may stand for an object and for a part.
    package struct Concept: Sendable, Hashable {
        package var category: Int
        package var label: Int

        package init(category: Int, label: Int) { (self.category, self.label) = (category, label) }
    }

    package var height: Int
    package var width: Int
    package var layers: [Layer]
    /// Concepts of the picture as a whole: scenes, textures.
    package var whole: [Concept]

    /// - Precondition: every layer has height · width labels.
    package init(height: Int, width: Int, layers: [Layer], whole: [Concept] = []) {
        precondition(layers.allSatisfy { $0.labels.count == height * width })
        (self.height, self.width, self.layers, self.whole) = (height, width, layers, whole)
    }
}

/// Where the rows or columns of a mask lie in a grid of places: between which two of them, and how far from the first.
struct Interpolation: Sendable {
    struct Point: Sendable {
        var low: Int
        var high: Int
        var share: Float
    }

    /// Positions on the mask that the window shows, in order.
    var positions: [Int] = []
    var points: [Point] = []

    /// Places stand for their middles; beyond the outermost middles the outermost place counts.
    ///
    /// - Parameters:
    ///   - count: rows or columns of the mask, which covers the whole picture.
    ///   - places: of the grid, which covers the window.
    ///   - start: where the window begins, as a share of the picture.
    ///   - length: how much of it the window takes.
    init(count: Int, places: Int, start: Double, length: Double) {
        for position in 0..<count {
            let inWindow = ((Double(position) + 0.5) / Double(count) - start) / length
            guard (0..<1).contains(inWindow) else { continue }
            let place = min(max(inWindow * Double(places) - 0.5, 0), Double(places - 1))
            let low = min(Int(place), places - 1)
            positions.append(position)
            points.append(Point(low: low, high: min(low + 1, places - 1), share: Float(place - Double(low))))
        }
    }
}
