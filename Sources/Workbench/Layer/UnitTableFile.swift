import Analysis
import Files
import Foundation

extension StudiedLayer {
    /// Writes some units with their best concepts and figures to a new CSV in `directory`. Its path.
    package func writeTable(_ units: [InternalUnit], _ kind: UnitKind, name: String, into directory: URL) throws -> URL
    {
        var summaries: [InternalUnit: UnitSummary] = [:]
        for summary in try self.summaries(kind) { summaries[summary.unit] = summary }
        let qualities = try qualities(kind)
        func number(_ value: Float?) -> String { value.map { "\($0)" } ?? "" }
        let rows = units.compactMap { unit -> [String]? in
            guard let summary = summaries[unit] else { return nil }
            let (quality, explanation) = (qualities[unit], qualities[unit]?.explanation)
            return [
                unit.description, summary.concept.concept, number(summary.concept.score), number(summary.mean),
                number(summary.deviation), number(quality?.clarity), number(quality?.polysemanticity),
                number(quality?.redundancy), number(quality?.selectivity),
                quality?.selectiveClass.map { classes.names[$0] } ?? "",
                quality.map { $0.isDead ? "yes" : "no" } ?? "", number(explanation?.scores?.pearson),
                number(explanation?.scores?.auprc), explanation?.scores?.basis.rawValue ?? "",
            ]
        }
        let columns = [
            "unit", "concept", "cosine", "mean", "deviation", "clarity", "polysemanticity", "redundancy", "selectivity",
            "selective for", "dead", "pearson", "auprc", "scored by",
        ]
        return try UserFile.writeNew(CSV.text([columns] + rows), name, "csv", into: directory)
    }
}
