import Analysis
import Files
import Foundation

extension TargetLayer {
    /// All findings, oldest first.
    package func findings() throws -> [Finding] { try store.findings() }

    /// Keeps a finding; one with an id is put back under it. The row number.
    @discardableResult
    package func keep(_ finding: Finding) throws -> Int64 { try store.insert(finding) }

    /// Takes a finding out and returns it, so that it can be put back.
    @discardableResult
    package func deleteFinding(_ id: Int64) throws -> Finding? { try store.deleteFinding(id) }

    /// Replaces a finding's note.
    package func setNote(_ note: String, ofFinding id: Int64) throws { try store.setNote(note, ofFinding: id) }

    /// Where the explorer was left, as it saved that; nil before the first time.
    package func savedPlace() throws -> Data? { try store.document(named: "explorer") }

    /// Saves where the explorer is; a study that cannot be written keeps nothing.
    package func savePlace(_ json: Data) throws {
        guard !store.isReadOnly else { return }
        try store.keep(json, as: "explorer")
    }

    /// The findings as text.
    package func exportedFindings(as format: ExportFormat) throws -> String {
        try FindingExport(findings: try findings(), study: folder.path).text(as: format)
    }

    /// Writes the findings to a new file in `directory`, never over an old one. Its path.
    package func exportFindings(as format: ExportFormat, into directory: URL) throws -> URL {
        try UserFile.writeNew(exportedFindings(as: format), "findings", format.fileExtension, into: directory)
    }

    /// Writes what was done on the steering screen to a new file in `directory`, for `miclip replay`. Its path.
    package func write(_ record: SteeringRecord, into directory: URL) throws -> URL {
        try UserFile.writeNew(documentText(of: record), "session", "json", into: directory)
    }
}
