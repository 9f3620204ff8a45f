import Analysis
import Files
import Foundation

/// Findings as JSON, CSV (RFC 4180) or Markdown, notes included.
struct FindingExport {
    let findings: [Finding]
    let study: String

    func text(as format: ExportFormat) -> String {
        let rows = findings.map(FindingRow.init)
        switch format {
        case .json: return json(rows)
        case .csv: return csv(rows)
        case .markdown: return markdown(rows)
        }
    }

    private func json(_ rows: [FindingRow]) -> String {
        struct File: Encodable {
            var study: String
            var findings: [FindingRow]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(File(study: study, findings: rows))) ?? Data()
        return printable(json: String(decoding: data, as: UTF8.self)) + "\n"
    }

    private func csv(_ rows: [FindingRow]) -> String {
        CSV.text([FindingRow.columns] + rows.map(\.cells))
    }

    private func markdown(_ rows: [FindingRow]) -> String {
        let lines =
            [FindingRow.columns, FindingRow.columns.map { _ in "---" }] + rows.map { $0.cells.map(Markdown.cell) }
        let table = lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
        return "# Findings\n\nStudy: \(Markdown.cell(study))\n\n\(table)\n"
    }
}

/// One finding, flat.
private struct FindingRow: Encodable {
    var kind: String
    var units: [String]
    var concept: String?
    var concepts: [RankedConcept]?
    /// Of a feature.
    var does: [RankedConcept]?
    var quality: UnitQuality?
    var `class`: String?
    var `operator`: String?
    var beta: Double?
    /// Where there are several.
    var interventions: [Intervention]?
    var accuracy: Change?
    var classAccuracy: Change?
    var otherAccuracy: Change?
    var note: String
    var created: String
    /// The layer it is of, where that was kept.
    var model: String?
    var layer: String?
    var pooling: String?

    struct Change: Encodable {
        var before: Double
        var after: Double
    }

    init(_ finding: Finding) {
        note = finding.note
        (model, layer) = (finding.origin?.model, finding.origin?.layer)
        pooling = finding.origin?.pooling
        created = Date(timeIntervalSince1970: finding.created).ISO8601Format()
        switch finding.subject {
        case .unit(let description):
            kind = "unit"
            units = [description.unit.description]
            concept = description.concepts.first?.concept
            concepts = description.concepts
            does = description.does
            quality = description.quality
        case .intervention(let concept, let target, let intervention, let outcome):
            kind = "intervention"
            units = intervention.units.map(\.description)
            self.concept = concept
            `operator` = intervention.operator.rawValue
            beta = intervention.beta
            read(target, outcome)
        case .steering(let concepts, let target, let steering, let outcome):
            kind = "interventions"
            units = steering.interventions.flatMap(\.units).map(\.description)
            concept = concepts.joined(separator: "; ")
            interventions = steering.interventions
            read(target, outcome)
        }
    }

    private mutating func read(_ target: ConceptClass, _ outcome: InterventionOutcome) {
        `class` = target.name
        accuracy = Change(before: outcome.before.overall, after: outcome.after.overall)
        classAccuracy = Change(before: outcome.before.ofClass, after: outcome.after.ofClass)
        otherAccuracy = Change(before: outcome.before.ofOthers, after: outcome.after.ofOthers)
    }

    static let columns = [
        "kind", "concept", "class", "operator", "beta", "class before", "class after", "others before", "others after",
        "overall before", "overall after", "clarity", "polysemanticity", "redundancy", "selectivity", "dead", "does",
        "units", "note", "created", "model", "layer", "pooling",
    ]

    var cells: [String] {
        func number(_ value: (some BinaryFloatingPoint)?) -> String {
            value.map { String(format: "%.4f", Double($0)) } ?? ""
        }
        return [
            kind, concept ?? "", `class` ?? "", `operator` ?? "", beta.map { String(format: "%g", $0) } ?? "",
            number(classAccuracy?.before), number(classAccuracy?.after), number(otherAccuracy?.before),
            number(otherAccuracy?.after), number(accuracy?.before), number(accuracy?.after),
            number(quality?.clarity), number(quality?.polysemanticity), number(quality?.redundancy),
            number(quality?.selectivity), quality.map { $0.isDead ? "yes" : "no" } ?? "",
            does?.first?.concept ?? "", units.joined(separator: " "), note, created,
            model ?? "", layer ?? "", pooling ?? "",
        ]
    }
}
