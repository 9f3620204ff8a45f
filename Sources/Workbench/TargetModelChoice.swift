import Analysis
import Foundation
import LinearAlgebra
import VisionModels

/// Which target model: a classifier with classes of its own, or a CLIP over a list of classes.
public struct TargetModelChoice: Sendable {
    public var location: String
    /// A class list, one a line: what a CLIP is to tell apart, or names for a classifier's own classes.
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

    /// - Parameter embed: embeds prompts in a concept space; it may know some of them from earlier.
    func load(
        embed: ([String], any ConceptSpace) throws -> Tensor = { $1.embed(concepts: $0) }
    ) throws -> any TargetModel {
        let place = try Resources.locateModel(location)
        let list = try classes.map { name in
            let file = try Resources.resolve(name)
            return ClassList(file: file.path, names: try ConceptList.read(file))
        }
        do {
            return try loadTargetModel(at: place, classes: list, precision: precision)
        } catch {
            guard error.isOfCLIP else { throw error }
            guard let list else { throw WorkbenchError.needsClasses(model: location) }
            return try loadZeroShotModel(
                at: place, classes: ClassWords(lines: list.names).names, templates: templates, precision: precision,
                embed: embed)
        }
    }
}

extension VisionModelsError {
    /// Whether a classifier was expected and a CLIP was found.
    fileprivate var isOfCLIP: Bool {
        switch self {
        case .notThatModel(_, _, let found): found?.architecture == .clip
        case .unsuitableSetting(_, let key, _, let found): key == "model_type" && found == "\"clip\""
        default: false
        }
    }
}
