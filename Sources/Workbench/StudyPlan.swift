import Analysis
import Cache
import Foundation
import LinearAlgebra
import VisionModels

/// What a new study is to be about.
public struct StudyPlan: Sendable, Hashable {
    public var model: String
    public var conceptSpace: String
    public var layer: String
    public var pooling: String
    public var probeImages: String
    public var heldOutImages: String
    public var concepts: String
    /// One or more, one a line.
    public var promptTemplate: String
    /// A class list, for a CLIP as target model.
    public var classes: String?
    /// Only this share of the images, to be merged with the others.
    public var shard: Shard?
    /// What both models' products are rounded to.
    public var precision: Precision

    public init(
        model: String, conceptSpace: String, layer: String, pooling: String, probeImages: String,
        heldOutImages: String, concepts: String, promptTemplate: String = "{}", classes: String? = nil,
        shard: Shard? = nil, precision: Precision = .float32
    ) {
        self.model = model
        self.conceptSpace = conceptSpace
        self.layer = layer
        self.pooling = pooling
        self.probeImages = probeImages
        self.heldOutImages = heldOutImages
        self.concepts = concepts
        self.promptTemplate = promptTemplate
        self.classes = classes
        self.shard = shard
        self.precision = precision
    }

    /// The prompt templates as a value.
    public var templates: PromptTemplates { PromptTemplates(promptTemplate.components(separatedBy: "\n")) }

    var configuration: StudyConfiguration {
        StudyConfiguration(
            modelPath: model, conceptSpacePath: conceptSpace, layer: layer, pooling: pooling,
            probeImages: probeImages, heldOutImages: heldOutImages, conceptSet: concepts,
            promptTemplate: promptTemplate, classes: classes, share: shard?.description,
            precision: precision == .float32 ? nil : precision.rawValue)
    }
}

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
