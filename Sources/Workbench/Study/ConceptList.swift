import Algorithms
import Files
import Foundation
import VisionModels

/// Lists of concepts, classes and prompt templates, as people write them: see `TextList`.
package enum ConceptList {
    /// The entries of a list in order, equal ones as often as they stand in it; identifiers of WordNet's before them are
    /// taken off.
    package static func read(_ url: URL) throws(FileError) -> [String] { try TextList(url).names().map(\.name) }

    /// Concepts: each once, in the order of their first lines.
    package static func readConcepts(_ url: URL) throws(FileError) -> [String] {
        Array(try read(url).uniqued())
    }

    /// Prompt templates, each with `{}` for the concept.
    package static func readTemplates(_ url: URL) throws(FileError) -> PromptTemplates {
        let list = try TextList(url)
        if let bad = list.entries.first(where: { !$0.text.contains(PromptTemplates.placeholder) }) {
            throw list.fault(bad, expected: "\(PromptTemplates.placeholder) for the concept in every template")
        }
        return PromptTemplates(list.texts)
    }
}
