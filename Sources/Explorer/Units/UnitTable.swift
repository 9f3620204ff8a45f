import Algorithms
import Analysis

/// The units of a kind in order, and what they are described by. A layer has thousands of units, an autoencoder a hundred
/// thousand features: it is made where they are computed, so that taking it in costs a key nothing.
package struct UnitTable: Sendable {
    let units: [UnitSummary]
    let concepts: ConceptIndex

    package init(_ summaries: [UnitSummary]) {
        let isOrdered = summaries.adjacentPairs().allSatisfy { $0.unit < $1.unit }
        units = isOrdered ? summaries : summaries.sorted { $0.unit < $1.unit }
        concepts = ConceptIndex(units.lazy.map(\.concept.concept))
    }

    /// Where a unit stands.
    func place(of unit: InternalUnit) -> Int? {
        let place = units.partitioningIndex { !($0.unit < unit) }
        return place < units.count && units[place].unit == unit ? place : nil
    }
}

/// The quality of the units of a kind, made where it is measured.
package struct UnitQualities: Sendable {
    /// In order, each with its quality.
    private let units: [InternalUnit]
    private let values: [UnitQuality]

    package init(_ measured: [InternalUnit: UnitQuality]) {
        let sorted = measured.sorted { $0.key < $1.key }
        (units, values) = (sorted.map(\.key), sorted.map(\.value))
    }

    var kind: UnitKind? { units.first?.kind }

    /// - Parameter hint: where the unit stands in the table, which is most often where it stands here.
    func quality(of unit: InternalUnit, at hint: Int) -> UnitQuality? {
        if units.indices.contains(hint), units[hint] == unit { return values[hint] }
        let place = units.partitioningIndex { !($0 < unit) }
        return place < units.count && units[place] == unit ? values[place] : nil
    }
}
