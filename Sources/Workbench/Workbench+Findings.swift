import Analysis
import Foundation

extension Workbench {
    /// All findings, oldest first.
    public func findings() throws -> [Finding] { try store.findings() }

    /// Keeps a finding; one with an id is put back under it. The row number.
    @discardableResult
    public func keep(_ finding: Finding) throws -> Int64 { try store.insert(finding) }

    /// Takes a finding out and returns it, so that it can be put back.
    @discardableResult
    public func deleteFinding(_ id: Int64) throws -> Finding? { try store.deleteFinding(id) }

    /// Replaces a finding's note.
    public func setNote(_ note: String, ofFinding id: Int64) throws { try store.setNote(note, ofFinding: id) }

    /// The explorer's last session as it saved it; nil before the first.
    public func session() throws -> Data? { try store.document(named: "explorer") }

    /// Saves the explorer's session; a study that cannot be written keeps none.
    public func saveSession(_ json: Data) throws {
        guard !store.isReadOnly else { return }
        try store.keep(json, as: "explorer")
    }

    /// The findings as text.
    public func exportedFindings(as format: ExportFormat) throws -> String {
        FindingExport(findings: try findings(), study: folder.path).text(as: format)
    }

    /// Writes the findings to a new file in `directory`, never over an old one. Its path.
    public func exportFindings(as format: ExportFormat, into directory: URL) throws -> URL {
        try writeNew(exportedFindings(as: format), "findings", format.fileExtension, into: directory)
    }

    /// Writes a session of steering to a new file in `directory`, for `miclip replay`. Its path.
    public func writeSession(_ record: SteeringRecord, into directory: URL) throws -> URL {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
        return try writeNew(text, "session", "json", into: directory)
    }

    /// Writes `text` to the first name that is free: `NAME.json`, `NAME-2.json`…
    private func writeNew(_ text: String, _ stem: String, _ fileExtension: String, into directory: URL) throws -> URL {
        let files = FileManager.default
        for number in 1... {
            let name = number == 1 ? stem : "\(stem)-\(number)"
            let url = directory.appending(path: "\(name).\(fileExtension)")
            if files.fileExists(atPath: url.path) { continue }
            try Self.write(text, to: url)
            return url
        }
        fatalError("unreachable: the loop has no end")
    }

    /// Writes text to a file, whole or not at all.
    public static func write(_ text: String, to url: URL) throws(WorkbenchError) {
        try write(Data(text.utf8), to: url)
    }

    /// Writes bytes to a file, whole or not at all.
    public static func write(_ bytes: Data, to url: URL) throws(WorkbenchError) {
        do {
            try bytes.write(to: url, options: .atomic)
        } catch {
            throw .unwritable(file: url.path, reason: (error as NSError).localizedDescription)
        }
    }
}
