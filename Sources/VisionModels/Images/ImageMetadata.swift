import Files
import Foundation

/// `metadata.csv` or `metadata.jsonl` in a folder of images, as Hugging Face's ImageFolder has it: `file_name`, relative to
/// the folder, and `label`, a number or a name.
struct ImageMetadata {
    struct Row {
        var line: Int
        var file: String
        var label: String?
    }

    let url: URL
    private(set) var rows: [Row] = []

    /// Nil where there is no such file, or it has no labels: what else it says is for others.
    ///
    /// - Throws: `malformedList` with the line.
    init?(in folder: String) throws(VisionModelsError) {
        let folder = URL(filePath: folder)
        let found = ["metadata.csv", "metadata.jsonl"].map { folder.appending(path: $0) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        guard let found else { return nil }
        url = found
        if found.pathExtension == "csv" { try readCSV() } else { try readLines() }
        guard rows.contains(where: { $0.label != nil }) else { return nil }
    }

    private mutating func readCSV() throws(VisionModelsError) {
        let table = try readingFiles { () throws(FileError) in try CSV.rows(of: url) }
        guard let head = table.first?.cells.map({ $0.trimmingCharacters(in: .whitespaces) }),
            let files = head.firstIndex(of: "file_name"), let labels = head.firstIndex(of: "label")
        else { return }
        for (line, cells) in table.dropFirst() {
            guard cells.count == head.count else {
                throw fault(line, "\(head.count) columns", "\(cells.count)")
            }
            try add(line, cells[files], cells[labels].trimmingCharacters(in: .whitespaces))
        }
    }

    private mutating func readLines() throws(VisionModelsError) {
        let bytes = try readingFiles { () throws(FileError) in try WholeFile.bytes(of: url) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (line, text) in lines.enumerated() where !text.allSatisfy({ [9, 13, 32].contains($0) }) {
            let value: JSON
            do throws(JSON.SyntaxError) {
                value = try text.withUnsafeBytes { bytes in
                    Result { () throws(JSON.SyntaxError) in try JSON(parsing: bytes) }
                }.get()
            } catch {
                throw .file(
                    .malformedJSON(
                        file: url.path, line: line + 1, byte: error.byte, path: error.path, expected: error.expected))
            }
            guard case .object(let members) = value else { throw fault(line + 1, "an object", value.summary) }
            guard case .string(let file)? = members["file_name"] else { continue }
            let label = members["label"] ?? .null
            guard label == .null || label.label != nil else {
                throw fault(line + 1, "a number or a name as `label`", label.summary)
            }
            try add(line + 1, file, label.label)
        }
    }

    private mutating func add(_ line: Int, _ file: String, _ label: String?) throws(VisionModelsError) {
        let file = file.hasPrefix("./") ? String(file.dropFirst(2)) : file
        guard !file.isEmpty, file.utf8.count < 4096, !file.utf8.contains(0) else {
            throw fault(line, "a file's name", file.isEmpty ? "nothing" : String(file.prefix(80)))
        }
        rows.append(Row(line: line, file: file, label: label == "" ? nil : label))
    }

    func fault(_ line: Int, _ expected: String, _ found: String) -> VisionModelsError {
        .file(.malformedList(file: url.path, line: line, .line(expected: expected, found: found)))
    }
}

extension ImageFiles {
    /// Takes the classes that metadata says in place of those of folders; images that it does not name have none.
    mutating func take(_ metadata: ImageMetadata) throws(VisionModelsError) {
        var rows: [String: ImageMetadata.Row] = [:]
        for row in metadata.rows {
            if let earlier = rows.updateValue(row, forKey: row.file), earlier.label != row.label {
                throw metadata.fault(row.line, "the class that line \(earlier.line) gives it", row.file)
            }
        }
        let found = (0..<count).map { rows.removeValue(forKey: name(of: $0)) }
        // A picture of a kind that is not read is told of elsewhere.
        for row in rows.values.sorted(by: { $0.line < $1.line })
        where !FileManager.default.fileExists(atPath: root + "/" + row.file) {
            throw metadata.fault(row.line, "a file in the folder", row.file)
        }
        let labels: ImageLabels
        do {
            labels = try ImageLabels(found.map { $0?.label })
        } catch {
            throw metadata.fault(found[error.index]?.line ?? 0, "\(error.expected), for a label", error.found)
        }
        // Those without a class come first.
        let (with, without) = (0..<count).reduce(into: ([Int](), [Int]())) { parts, index in
            if labels.classes[index] == nil { parts.1.append(index) } else { parts.0.append(index) }
        }
        guard !with.isEmpty else { return }
        paths = PathList((without + with).map { paths.bytes(at: $0) }, in: [UInt8](ofPath: root))
        classOfImage = with.map { Int(labels.classes[$0] ?? 0) }
        (classNames, emptyClasses, unclassified) = (labels.names, [], without.count)
    }
}
