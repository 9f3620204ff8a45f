import Foundation
import VisionModels

/// A concept list: UTF-8 text, one concept a line; blank lines and lines that begin with `#` are skipped.
public enum ConceptList {
    /// Prompt templates from a file of the same form, each with `{}` for the concept.
    public static func readTemplates(_ url: URL) throws(WorkbenchError) -> PromptTemplates {
        let templates = try read(url)
        if let bad = templates.first(where: { !$0.contains(PromptTemplates.placeholder) }) {
            throw .templateWithoutPlaceholder(file: url.path, template: bad)
        }
        return PromptTemplates(templates)
    }

    public static func read(_ url: URL) throws(WorkbenchError) -> [String] {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw .unreadable(file: url.path, reason: (error as NSError).localizedDescription)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
            throw .conceptsNotUTF8(file: url.path, line: line + 1)
        }
        let concepts = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard !concepts.isEmpty else { throw .noConcepts(file: url.path) }
        return concepts
    }
}
