import Analysis
import Cache
import Files
import Foundation

/// What taking in findings of another study came to.
package struct FindingsImport: Encodable, Sendable {
    package var imported = 0
    /// Those that the study has already.
    package var known = 0
    /// Of the imported: those whose layer is not in this study, by name, and those whose figures were made with other
    /// images, another model or another alignment than this study's.
    package var withoutLayer: [String] = []
    package var madeWithOther = 0
}

extension Study {
    /// Takes findings from a file of `miclip export --json` into this study, under their layers' names.
    ///
    /// - Throws: `malformedJSON` with the place in the file.
    package func importFindings(from file: URL) throws -> FindingsImport {
        let layer = try layer()
        let known = Set(try layer.findings().map(Same.init))
        var report = FindingsImport()
        for finding in try Self.findings(in: file) {
            guard !known.contains(Same(finding)) else {
                report.known += 1
                continue
            }
            try layer.keep(finding)
            report.imported += 1
            guard let origin = finding.origin else { continue }
            guard let own = try? self.layer(origin) else {
                let name = "\(origin.layer) of \(origin.model)"
                if !report.withoutLayer.contains(name) { report.withoutLayer.append(name) }
                continue
            }
            if let theirs = finding.provenance?.digests, let ours = try? own.studied().provenance, ours != theirs {
                report.madeWithOther += 1
            }
        }
        return report
    }

    private static func findings(in file: URL) throws -> [Finding] {
        struct Document: Decodable {
            struct Row: Decodable { var record: StoredFinding, note: String, created: String }
            var version: Int
            var findings: [Row]
        }
        func malformed(_ path: String, _ expected: String) -> FileError {
            .malformedJSON(file: file.path, line: 0, byte: 0, path: path, expected: expected)
        }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(WholeFile.bytes(of: file)))
        } catch let error as DecodingError {
            throw malformed(error.path, "findings of `miclip export --json`")
        }
        guard document.version == FindingsDocument.version else {
            throw malformed("version", "\(FindingsDocument.version), found \(document.version)")
        }
        return try document.findings.enumerated().map { place, row in
            guard let date = try? Date(row.created, strategy: .iso8601) else {
                throw malformed("findings[\(place)].created", "a time as in 2026-01-01T00:00:00Z")
            }
            return Finding(
                subject: row.record.subject, origin: row.record.origin, provenance: row.record.provenance,
                note: row.note, created: date.timeIntervalSince1970)
        }
    }
}

/// What two findings have in common that are the same one: times are kept to the second.
private struct Same: Hashable {
    var subject: Finding.Subject
    var origin: LayerReference?
    var note: String
    var second: Int

    init(_ finding: Finding) {
        (subject, origin, note, second) = (finding.subject, finding.origin, finding.note, Int(finding.created))
    }
}

extension DecodingError {
    /// The keys that lead to what was found wrong: `findings.0.record`.
    package var path: String {
        let context: Context? =
            switch self {
            case .keyNotFound(let key, let context):
                Context(codingPath: context.codingPath + [key], debugDescription: "")
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context
            @unknown default: nil
            }
        return context?.codingPath.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".") ?? ""
    }
}
