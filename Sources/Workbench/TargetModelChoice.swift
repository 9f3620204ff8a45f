import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// Which target model: a classifier with classes of its own, or a CLIP over a list of classes.
public struct TargetModelChoice: Sendable {
    public var location: String
    /// A class list, one a line.
    public var classes: String?
    /// What the classes are placed into.
    public var templates: PromptTemplates

    public init(_ location: String, classes: String? = nil, templates: PromptTemplates = .plain) {
        self.location = location
        self.classes = classes
        self.templates = templates
    }

    init(_ plan: StudyPlan) { self.init(plan.model, classes: plan.classes, templates: plan.templates) }

    /// - Parameter embed: embeds prompts in a concept space; it may know some of them from earlier.
    func load(
        embed: ([String], any ConceptSpace) throws -> Tensor = { $1.embed(concepts: $0) }
    ) throws -> any TargetModel {
        let place = try Resources.locateModel(location)
        if let classes {
            let words = ClassWords(lines: try ConceptList.read(Resources.resolve(classes)))
            return try loadZeroShotModel(at: place, classes: words.names, templates: templates, embed: embed)
        }
        do {
            return try loadTargetModel(at: place)
        } catch {
            guard (try? loadConceptSpace(at: place)) != nil else { throw error }
            throw WorkbenchError.needsClasses(model: location)
        }
    }
}
