import Analysis
import Files
import Workbench

/// JSON of `dissect`.
struct DissectionDocument: Encodable {
    struct Concept: Encodable {
        var concept: String
        var category: String
        var iou: Float
    }

    struct Unit: Encodable {
        var unit: String
        var threshold: Float
        var concepts: [Concept]
    }

    struct Category: Encodable {
        var category: String
        var units: Int
        var concepts: Int
    }

    var images: Int
    var share: Double
    var least: Float
    /// Labels that stand in the masks.
    var concepts: Int
    /// Of the units above `least`, by category.
    var detectors: [Category]
    /// Best first.
    var units: [Unit]

    init(_ found: Dissection, share: Double, least: Float) {
        (images, concepts, self.share, self.least) = (found.images, found.concepts, share, least)
        detectors = found.detectors(above: least).map {
            Category(category: $0.category, units: $0.units, concepts: $0.concepts)
        }
        units = found.sorted.map { unit in
            Unit(
                unit: unit.unit.description, threshold: unit.threshold,
                concepts: unit.concepts.map { Concept(concept: $0.name, category: $0.category, iou: $0.overlap) })
        }
    }

    var text: String {
        let lines = units.map { unit in
            let words = unit.concepts.map { "\($0.concept) (\($0.category)) \(number($0.iou, 3))" }
            return unit.unit.padded(16) + (words.isEmpty ? "–" : words.joined(separator: ", "))
        }
        let all = detectors.reduce(0) { $0 + $1.units }
        let kinds = detectors.map { "\($0.category) \($0.units) of \($0.concepts) concepts" }.joined(separator: ", ")
        let sum =
            "\(grouped(images)) images, \(grouped(concepts)) concepts: \(all) of \(Wording.units(units.count)) above IoU \(number(least, 2))"
            + (kinds.isEmpty ? "" : ": \(kinds)")
        return (lines + [sum]).joined(separator: "\n")
    }
}

extension Dissection {
    /// Units in the order of their best overlaps; of equals the first.
    fileprivate var sorted: [Unit] {
        func key(_ unit: Unit) -> Float { -(unit.concepts.first?.overlap ?? 0) }
        return units.enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map(\.element)
    }

    /// The best concept of each unit as CLIP-Dissect writes descriptions, with its category. Of signed units the positive
    /// poles: descriptions of the kind know no poles.
    var table: String {
        let rows = units.compactMap { unit -> [String]? in
            guard unit.unit.pole != .negative, let best = unit.concepts.first else { return nil }
            return [unit.unit.layer, "\(unit.unit.index)", best.name, "\(best.overlap)", best.category]
        }
        return CSV.text([["layer", "unit", "description", "similarity", "category"]] + rows)
    }
}
