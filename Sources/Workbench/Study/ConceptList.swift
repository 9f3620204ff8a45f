import Algorithms
import Files
import Foundation
import VisionModels

/// Lists of concepts, classes and prompt templates, as people write them: see `TextList`.
package enum ConceptList {
    /// The classes of a CLIP in order, equal ones as often as they stand in the list; identifiers of WordNet's before them
    /// are taken off.
    package static func readClasses(_ url: URL) throws(FileError) -> [String] {
        let list = try TextList(url)
        list.tellRepetitions(as: .oneClass)
        return try list.names().map(\.name)
    }

    /// Concepts: each once, in the order of their first lines.
    package static func readConcepts(_ url: URL) throws(FileError) -> [String] {
        let list = try TextList(url)
        list.tellRepetitions(as: .one)
        return Array(try list.names().map(\.name).uniqued())
    }

    /// Prompt templates, each with `{}` for the concept.
    package static func readTemplates(_ url: URL) throws(FileError) -> PromptTemplates {
        let list = try TextList(url)
        if let bad = list.entries.first(where: { !$0.text.contains(PromptTemplates.placeholder) }) {
            throw list.fault(bad, expected: "\(PromptTemplates.placeholder) for the concept in every template")
        }
        list.tellRepetitions(as: .each)
        return PromptTemplates(list.texts)
    }
}
