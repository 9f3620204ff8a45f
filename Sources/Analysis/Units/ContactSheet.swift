/// Images of a unit from its greatest activation down to its least: what a description made of the greatest alone hides.
package struct ContactSheet: Sendable, Hashable {
    /// Images of one kind, greatest activation first.
    package struct Strip: Sendable, Hashable {
        /// What they are, for people: `most`, `75 to 100 % of the greatest`, `least`.
        package var title: String
        /// How many images of the study are of this kind; more than are shown.
        package var count: Int
        package var images: [ActivatingImage]

        package init(title: String, count: Int, images: [ActivatingImage]) {
            self.title = title
            self.count = count
            self.images = images
        }
    }

    package var unit: InternalUnit
    package var strips: [Strip]

    package init(unit: InternalUnit, strips: [Strip]) {
        self.unit = unit
        self.strips = strips
    }

    /// Which images to show: positions in `activations`, which are taken along the unit's pole.
    ///
    /// Between the greatest activation and zero lie four intervals of equal width; of each come `count` images spread
    /// evenly over its order. Strips without images are left out.
    package static func strips(
        of activations: [Float], count: Int
    ) -> [(title: String, count: Int, images: [Int])] {
        let order = activations.indices.sorted { (activations[$1], $0) < (activations[$0], $1) }
        guard let first = order.first, count > 0 else { return [] }
        let greatest = activations[first]
        var strips = [(title: "most", count: activations.count, images: Array(order.prefix(count)))]
        if greatest > 0 {
            for quarter in (0..<4).reversed() {
                let (low, high) = (Float(quarter) / 4 * greatest, Float(quarter + 1) / 4 * greatest)
                let those = order.filter { activations[$0] > low && activations[$0] <= high }
                strips.append(
                    ("\(quarter * 25) to \(quarter * 25 + 25) % of the greatest", those.count, spread(those, count)))
            }
        }
        let least = order.suffix(count)
        strips.append(("least", activations.count, Array(least)))
        return strips.filter { !$0.images.isEmpty }
    }

    private static func spread(_ images: [Int], _ count: Int) -> [Int] {
        guard images.count > count else { return images }
        return (0..<count).map { images[$0 * (images.count - 1) / max(1, count - 1)] }
    }
}
