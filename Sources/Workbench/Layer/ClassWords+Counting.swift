import Analysis
import LinearAlgebra
import VisionModels

extension TargetModel {
    /// The model over other classes.
    ///
    /// - Throws: `fixedClasses` where its classes are its own, `classesAreUnits` where the units of `layer` are classes.
    func reworded(
        _ words: ClassWords, layer: HookPoint, embed: ([String], any ConceptSpace) throws -> Tensor
    ) throws -> any TargetModel {
        guard let zeroShot = self as? ZeroShotClassifier else { throw WorkbenchError.fixedClasses(model: name) }
        guard layer.name != "logits" else { throw WorkbenchError.classesAreUnits(layer: layer.name) }
        return try zeroShot.classifying(words.names, templates: PromptTemplates(words.templates)) {
            try embed($0, zeroShot.space)
        }
    }
}

extension ClassWords {
    /// - Throws: `tooFewClasses`.
    func places(ofStudy classes: [String]) throws(WorkbenchError) -> [Int] {
        guard let places = places(of: classes) else {
            throw .tooFewClasses(found: lines.count, expected: classes.count)
        }
        return places
    }
}
