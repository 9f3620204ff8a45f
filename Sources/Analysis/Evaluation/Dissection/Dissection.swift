/// What Network Dissection finds in a layer.
package struct Dissection: Sendable {
    package struct Concept: Sendable, Hashable {
        package var name: String
        package var category: String
        /// Intersection over union.
        package var overlap: Float

        package init(name: String, category: String, overlap: Float) {
            (self.name, self.category, self.overlap) = (name, category, overlap)
        }
    }

    package struct Unit: Sendable {
        package var unit: InternalUnit
        /// What its activations exceed at the given share of places; of a negative pole, what they fall below, negated.
        package var threshold: Float
        /// Best first; none where the unit overlaps with nothing.
        package var concepts: [Concept]

        package init(unit: InternalUnit, threshold: Float, concepts: [Concept]) {
            (self.unit, self.threshold, self.concepts) = (unit, threshold, concepts)
        }
    }

    /// IoU from which on Bau et al. call a unit a detector of its best concept.
    package static let publishedLeast: Float = 0.04

    package var images: Int
    package var concepts: Int
    package var units: [Unit]

    package init(images: Int, concepts: Int, units: [Unit]) {
        (self.images, self.concepts, self.units) = (images, concepts, units)
    }

    /// Of each category, the units whose best concept is of it and overlaps more than `least`, and how many concepts these
    /// are. Most units first, then by name.
    package func detectors(above least: Float) -> [(category: String, units: Int, concepts: Int)] {
        let found = units.compactMap(\.concepts.first).filter { $0.overlap > least }
        return Dictionary(grouping: found, by: \.category)
            .map { ($0.key, $0.value.count, Set($0.value.map(\.name)).count) }
            .sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }
    }
}
