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
    public var precision: Precision

    public init(
        _ location: String, classes: String? = nil, templates: PromptTemplates = .plain,
        precision: Precision = .float32
    ) {
        self.location = location
        self.classes = classes
        self.templates = templates
        self.precision = precision
    }

    init(_ plan: StudyPlan) {
        self.init(plan.model, classes: plan.classes, templates: plan.templates, precision: plan.precision)
    }

    func load() throws -> any TargetModel {
        let place = try Resources.locateModel(location)
        if let classes {
            return try loadZeroShotModel(
                at: place, classes: ConceptList.read(Resources.resolve(classes)), templates: templates,
                precision: precision)
        }
        do {
            return try loadTargetModel(at: place, precision: precision)
        } catch {
            guard (try? loadConceptSpace(at: place)) != nil else { throw error }
            throw WorkbenchError.needsClasses(model: location)
        }
    }
}
