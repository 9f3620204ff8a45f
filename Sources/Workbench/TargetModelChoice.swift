import Foundation
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

    func load() throws -> any TargetModel {
        let place = try Resources.locateModel(location)
        if let classes {
            return try loadZeroShotModel(
                at: place, classes: ConceptList.read(Resources.resolve(classes)), templates: templates)
        }
        do {
            return try loadTargetModel(at: place)
        } catch {
            guard (try? loadConceptSpace(at: place)) != nil else { throw error }
            throw WorkbenchError.needsClasses(model: location)
        }
    }
}
