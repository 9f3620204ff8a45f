import Analysis
import Files
import Foundation

extension StudiedLayer {
    /// Descriptions as CLIP-Dissect writes them: `layer,unit,description,similarity`, a line a unit. Of a file of several
    /// layers those of this one, by its name.
    ///
    /// - Throws: `malformedList` where a column or a unit is missing, with file and line.
    package func importedDescriptions(_ file: URL) throws -> [Int: String] {
        let rows = try CSV.rows(of: file)
        func fault(_ line: Int, _ expected: String, _ found: String) -> FileError {
            .malformedList(file: file.path, line: line, .line(expected: expected, found: found))
        }
        let expected = "the columns layer, unit and description"
        guard let header = rows.first else { throw fault(1, expected, "nothing") }
        let columns = try ["layer", "unit", "description"].map { name -> Int in
            guard let column = header.cells.firstIndex(where: { $0.lowercased() == name }) else {
                throw fault(header.line, expected, header.cells.joined(separator: ","))
            }
            return column
        }
        var found: [Int: String] = [:]
        let layers = Set(
            rows.dropFirst().compactMap { $0.cells.indices.contains(columns[0]) ? $0.cells[columns[0]] : nil })
        for row in rows.dropFirst() {
            let whole = row.cells.joined(separator: ",")
            guard row.cells.count == header.cells.count else {
                throw fault(row.line, "\(header.cells.count) cells", whole)
            }
            guard layers.count == 1 || row.cells[columns[0]] == encoder.layer else { continue }
            guard let unit = Int(row.cells[columns[1]]), (0..<encoder.count).contains(unit) else {
                throw fault(row.line, "a unit from 0 to \(encoder.count - 1)", whole)
            }
            found[unit] = row.cells[columns[2]]
        }
        guard !found.isEmpty else {
            throw fault(header.line, "units of \(encoder.layer)", "units of \(layers.sorted().joined(separator: ", "))")
        }
        return found
    }
}
