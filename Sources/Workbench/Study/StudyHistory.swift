import Analysis
import Foundation

/// What studies were made of, in a file: `{"version": 1, "studies": [{"model": "…"}]}`, the newest first.
package struct StudyHistory: Sendable {
    private let file: URL

    package init(file: URL) { self.file = file }

    /// Beside the bundled study.
    package static var ofUser: StudyHistory {
        StudyHistory(file: Resources.bundledStudy.deletingLastPathComponent().appending(path: "studies.json"))
    }

    private struct Kept: Codable {
        var version = 1
        var studies: [[String: String]]
    }

    /// None where the file is not there, or another's.
    package var drafts: [StudyDraft] {
        guard let data = try? Data(contentsOf: file), let kept = try? JSONDecoder().decode(Kept.self, from: data),
            kept.version == 1
        else { return [] }
        return kept.studies.map { values in
            var draft = StudyDraft()
            for (name, text) in values { StudyDraft.Field(rawValue: name).map { draft[$0] = text } }
            return draft
        }
    }

    /// Remembers a draft. What cannot be kept is forgotten.
    package func remember(_ draft: StudyDraft) {
        let all = [draft] + drafts.filter { $0 != draft }
        let kept = Kept(
            studies: all.prefix(50).map { draft in
                Dictionary(uniqueKeysWithValues: draft.values.map { ($0.rawValue, $1) })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? encoder.encode(kept).write(to: file, options: .atomic)
    }
}
