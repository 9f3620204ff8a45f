import Analysis
import Workbench

/// JSON of `describe`.
struct DescriptionDocument: Encodable {
    struct Unit: Encodable {
        var unit: String
        /// Of a feature: what it responds to.
        var concepts: [ConceptDocument]
        /// Of a feature: what it does, and its company.
        var does: [ConceptDocument]?
        var density: Float?
        var nearest: [UnitDocument]?
        var neurons: [UnitDocument]?

        /// In JSON, and where units are sorted by it.
        var quality: UnitQualityDocument?

        init(_ description: UnitDescription, _ feature: FeatureFacts?, _ quality: UnitQualityDocument?) {
            unit = description.unit.description
            concepts = description.concepts.map(ConceptDocument.init)
            does = feature?.does.map(ConceptDocument.init)
            density = feature?.density
            nearest = feature?.nearest.map(UnitDocument.init)
            neurons = feature?.neurons.map(UnitDocument.init)
            self.quality = quality
        }
    }

    var units: [Unit]

    /// Largest first; dead units last, where quality is sorted by, and equal ones in their order.
    mutating func sort(by sort: DescriptionSort) {
        func key(_ unit: Unit) -> Float {
            sort.isQuality && unit.quality?.dead == true ? -.infinity : sort.figure(unit)
        }
        units = units.enumerated().sorted { (-key($0.element), $0.offset) < (-key($1.element), $1.offset) }
            .map(\.element)
    }

    static let qualityHeader = "unit".padded(12) + "clarity  polysem   redund   select  concepts"
}

/// JSON of a unit's quality, the class by name.
struct UnitQualityDocument: Encodable {
    var clarity: Float
    var polysemanticity: Float
    var redundancy: Float
    var selectivity: Float
    var selectiveClass: String?
    var dead: Bool

    init(_ quality: UnitQuality, _ classes: [String]) {
        clarity = quality.clarity
        polysemanticity = quality.polysemanticity
        redundancy = quality.redundancy
        selectivity = quality.selectivity
        selectiveClass = quality.selectiveClass.map { classes[$0] }
        dead = quality.isDead
    }

    /// The four figures for people, as wide as `qualityHeader` has them.
    var cells: String {
        let figures = [clarity, polysemanticity, redundancy, selectivity]
        return figures.enumerated().map { place, figure in
            (dead && place != 2 ? "dead" : number(figure, 2)).leftPadded(place == 0 ? 7 : 9)
        }.joined() + "  "
    }
}
