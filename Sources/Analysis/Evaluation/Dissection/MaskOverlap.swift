import LinearAlgebra

/// How far the places where a unit is above its threshold are those that people labelled, as Network Dissection counts it
/// (Bau et al. 2017): a unit's map of an image is interpolated to the mask's pixels, M_k are the pixels above T_k, and
///
///     IoU(k, c) = Σ |M_k ∩ L_c| / Σ |M_k ∪ L_c|
///
/// with sums over the images that have a label of c's category. Pixels that the model does not see count nowhere.
package struct MaskOverlap: Sendable {
    private let columns: [Int]
    private let signs: [Float]
    private let thresholds: [Float]
    private let categories: Int
    /// In the order in which they were met.
    package private(set) var concepts: [PictureMask.Concept] = []
    private var places: [PictureMask.Concept: Int] = [:]
    /// Pixels of each concept.
    private var labelled: [Int] = []
    /// Σ |M_k ∩ L_c|: of each unit, of as many concepts as it met.
    private var both: [[Int]]
    /// Σ |M_k| over the images that have labels of a category: of each unit, of each category.
    private var active: [[Int]]

    /// - Parameters:
    ///   - columns: of each unit, its column among the activations.
    ///   - signs: what a unit's activations are multiplied by: -1 of a negative pole.
    ///   - thresholds: of the products.
    package init(columns: [Int], signs: [Float], thresholds: [Float], categories: Int) {
        precondition(columns.count == signs.count && columns.count == thresholds.count)
        (self.columns, self.signs, self.thresholds, self.categories) = (columns, signs, thresholds, categories)
        both = columns.map { _ in [] }
        active = columns.map { _ in Array(repeating: 0, count: categories) }
    }

    /// - Parameters:
    ///   - values: activations at the places of a grid, row by row: [rows · across, units].
    ///   - window: where the grid lies on the picture.
    package mutating func add(
        _ values: Tensor, rows: Int, across: Int, window: PictureWindow, mask: PictureMask
    ) {
        precondition(values.rows == rows * across)
        let down = Interpolation(count: mask.height, places: rows, start: window.top, length: window.height)
        let right = Interpolation(count: mask.width, places: across, start: window.left, length: window.width)
        let image = take(mask, down.positions, right.positions)
        guard !image.categories.isEmpty else { return }
        let (columns, signs, thresholds, concepts) = (columns, signs, thresholds, concepts.count)
        let width = values.columns
        both.withUnsafeMutableBufferPointer { both in
            active.withUnsafeMutableBufferPointer { active in
                nonisolated(unsafe) let (both, active) = (both, active)
                values.withUnsafe { values in
                    nonisolated(unsafe) let values = values
                    parallel(blocks(of: columns.count, size: 32)) { units in
                        var (map, pixels) = ([Float](repeating: 0, count: rows * across), [Int]())
                        for unit in units {
                            let (sign, column) = (signs[unit], columns[unit])
                            for place in map.indices { map[place] = sign * values[place * width + column] }
                            Self.above(thresholds[unit], map, rows, across, down, right, into: &pixels)
                            guard !pixels.isEmpty else { continue }
                            if both[unit].count < concepts {
                                both[unit] += Array(repeating: 0, count: concepts - both[unit].count)
                            }
                            for category in image.categories { active[unit][category] += pixels.count }
                            for concept in image.whole { both[unit][concept] += pixels.count }
                            for layer in image.layers {
                                for pixel in pixels where layer[pixel] >= 0 { both[unit][Int(layer[pixel])] += 1 }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What an image's pixels are: concepts by number, -1 where there is none, of the pixels that the model sees.
    private struct Labelled {
        var layers: [[Int32]] = []
        var whole: [Int] = []
        var categories: Set<Int> = []
    }

    private mutating func take(_ mask: PictureMask, _ rows: [Int], _ columns: [Int]) -> Labelled {
        var image = Labelled()
        for layer in mask.layers {
            var known: [Int32: Int32] = [0: -1]
            var numbers = [Int32]()
            numbers.reserveCapacity(rows.count * columns.count)
            for row in rows {
                for column in columns {
                    let label = layer.labels[row * mask.width + column]
                    let number = known[label] ?? Int32(place(of: .init(category: layer.category, label: Int(label))))
                    known[label] = number
                    numbers.append(number)
                    if number >= 0 { labelled[Int(number)] += 1 }
                }
            }
            guard known.count > 1 else { continue }
            image.layers.append(numbers)
            image.categories.insert(layer.category)
        }
        guard !rows.isEmpty, !columns.isEmpty else { return image }
        for concept in mask.whole {
            let number = place(of: concept)
            labelled[number] += rows.count * columns.count
            image.whole.append(number)
            image.categories.insert(concept.category)
        }
        return image
    }

    private mutating func place(of concept: PictureMask.Concept) -> Int {
        if let place = places[concept] { return place }
        places[concept] = concepts.count
        concepts.append(concept)
        labelled.append(0)
        return concepts.count - 1
    }

    /// The pixels, counted among those that are seen, at which an interpolated map exceeds a threshold.
    private static func above(
        _ threshold: Float, _ map: [Float], _ rows: Int, _ across: Int, _ down: Interpolation, _ right: Interpolation,
        into pixels: inout [Int]
    ) {
        pixels.removeAll(keepingCapacity: true)
        var (top, bottom, left, end) = (rows, -1, across, -1)
        for place in map.indices where map[place] > threshold {
            (top, bottom) = (min(top, place / across), max(bottom, place / across))
            (left, end) = (min(left, place % across), max(end, place % across))
        }
        // What lies between places that are not above is not above either.
        guard bottom >= 0 else { return }
        for (y, row) in down.points.enumerated() where row.low <= bottom && row.high >= top {
            let (upper, lower) = (row.low * across, row.high * across)
            for (x, column) in right.points.enumerated() where column.low <= end && column.high >= left {
                let (a, b) = (map[upper + column.low], map[upper + column.high])
                let (c, d) = (map[lower + column.low], map[lower + column.high])
                let (above, below) = (a + column.share * (b - a), c + column.share * (d - c))
                if above + row.share * (below - above) > threshold { pixels.append(y * right.points.count + x) }
            }
        }
    }
}

extension MaskOverlap {
    /// IoU of a unit with a concept of `concepts`.
    package func overlap(unit: Int, concept: Int) -> Float {
        let both = concept < both[unit].count ? both[unit][concept] : 0
        let union = active[unit][concepts[concept].category] + labelled[concept] - both
        return union > 0 ? Float(both) / Float(union) : 0
    }

    /// The concepts that a unit overlaps most, best first; those that it does not meet are none.
    package func best(_ count: Int, of unit: Int) -> [(concept: PictureMask.Concept, overlap: Float)] {
        let overlaps = concepts.indices.map { overlap(unit: unit, concept: $0) }
        return TopK.indices(of: overlaps, count: count).filter { overlaps[$0] > 0 }.map { (concepts[$0], overlaps[$0]) }
    }
}
