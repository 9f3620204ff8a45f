import Analysis
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// Which target model: a classifier with classes of its own, or a CLIP over a list of classes.
package struct TargetModelChoice: Sendable {
    package var location: String
    /// A class list, one a line: what a CLIP is to tell apart, or names for a classifier's own classes.
    package var classes: String?
    /// What the classes are placed into.
    package var templates: PromptTemplates
    package var precision: Precision

    package init(
        _ location: String, classes: String? = nil, templates: PromptTemplates = .plain,
        precision: Precision = .float32
    ) {
        self.location = location
        self.classes = classes
        self.templates = templates
        self.precision = precision
    }

    /// The class list, line by line, each with the identifier of WordNet's that it begins with; nil where none was given.
    func classNames() throws -> [(name: String, identifier: String?)]? { try classList()?.names() }

    private func classList() throws -> TextList? { try classes.map { try TextList(Resources.resolve($0)) } }

    /// - Parameters:
    ///   - lines: the class list, where it was read before.
    ///   - embed: embeds prompts in a concept space; it may know some of them from earlier.
    func load(
        lines known: [String]? = nil,
        embed: ([String], any ConceptSpace) throws -> Tensor = { $1.embed(concepts: $0) }
    ) throws -> any TargetModel {
        let place = try Resources.locateModel(location)
        let list = try known == nil ? classList() : nil
        do {
            let named = try (known ?? list?.names().map(\.name)).map { names in
                ClassList(file: list?.file ?? classes ?? location, names: names)
            }
            let model = try loadTargetModel(at: place, classes: named, precision: precision)
            list?.tellRepetitions(as: .ownClasses)
            return model
        } catch let error as VisionModelsError {
            guard error.isOfTwoTowers else { throw error }
            list?.tellRepetitions(as: .oneClass)
            guard let lines = try known ?? list?.names().map(\.name) else {
                throw WorkbenchError.needsClasses(model: location)
            }
            return try loadZeroShotModel(
                at: place, classes: ClassWords(lines: lines).names, templates: templates, precision: precision,
                embed: embed)
        }
    }
}

extension VisionModelsError {
    /// Whether a classifier was expected and a model with a tower for texts was found.
    fileprivate var isOfTwoTowers: Bool {
        switch self {
        case .notThatModel(_, _, let found): found?.architecture.hasTexts ?? false
        case .unsuitableSetting(_, let key, _, let found):
            key == "model_type" && ["\"clip\"", "\"siglip\""].contains(found)
        default: false
        }
    }
}
