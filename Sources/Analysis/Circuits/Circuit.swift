/// What taking a unit out moves in later layers of its model, on some images.
package struct Circuit: Sendable, Hashable {
    /// A unit of a later layer.
    package struct Moved: Sendable, Hashable {
        /// Of a signed layer the pole that the first unit promotes: it falls as that is taken out.
        package var unit: InternalUnit
        /// Its best concept; nil where it has none.
        package var concept: RankedConcept?
        /// Mean change of its activation, edited less unedited, in its own standard deviations over the probe images; along
        /// its pole.
        package var change: Double
        /// Half the width of the 95 % interval of that mean over the images it is drawn from.
        package var halfWidth: Double

        package init(unit: InternalUnit, concept: RankedConcept?, change: Double, halfWidth: Double) {
            (self.unit, self.concept, self.change, self.halfWidth) = (unit, concept, change, halfWidth)
        }
    }

    package struct Layer: Sendable, Hashable {
        package var reference: LayerReference
        /// Those that move most first.
        package var moved: [Moved]

        package init(reference: LayerReference, moved: [Moved]) { (self.reference, self.moved) = (reference, moved) }
    }

    package var unit: InternalUnit
    /// What its activation was multiplied by.
    package var beta: Double
    /// Images it was measured on, of how many, drawn from those on which it is most active.
    package var images: Int
    package var imagesInAll: Int
    /// In the order of the forward pass; empty where no later layer is studied.
    package var layers: [Layer]

    package init(unit: InternalUnit, beta: Double, images: Int, imagesInAll: Int, layers: [Layer]) {
        (self.unit, self.beta, self.images) = (unit, beta, images)
        (self.imagesInAll, self.layers) = (imagesInAll, layers)
    }
}

/// Sums of changes of every unit of a layer, image by image.
package struct ChangeSums: Sendable {
    private var sums: [Double]
    private var squares: [Double]
    package private(set) var images = 0

    package init(units: Int) {
        (sums, squares) = (Array(repeating: 0, count: units), Array(repeating: 0, count: units))
    }

    /// - Parameter changes: rows of images, edited less unedited: [images, units], one after the other.
    package mutating func add(_ changes: [Float]) {
        guard !sums.isEmpty else { return }
        for (place, change) in changes.enumerated() {
            sums[place % sums.count] += Double(change)
            squares[place % sums.count] += Double(change) * Double(change)
        }
        images += changes.count / sums.count
    }

    /// Mean change of each unit, and half the width of its 95 % interval: 1.96 s √(1/n) √(1 - n/N), by the normal
    /// approximation, of n images drawn without replacement from N.
    package func means(of inAll: Int) -> [(mean: Double, halfWidth: Double)] {
        let n = Double(max(1, images))
        let share = inAll > 1 ? max(0, 1 - n / Double(inAll)) : 0
        return sums.indices.map { unit in
            let mean = sums[unit] / n
            let variance = n > 1 ? max(0, squares[unit] - n * mean * mean) / (n - 1) : 0
            return (mean, 1.96 * (variance / n * share).squareRoot())
        }
    }
}
