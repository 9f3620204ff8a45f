/// What the verbs refuse, as data; the executable puts it into words.
public enum WorkbenchError: Error, Sendable, Hashable {
    /// A folder that comes with the program.
    case missingResources(String, searched: [String])
    /// The study has no activations yet, or no neuron encoder.
    case notExtracted(study: String)
    case notAligned(study: String)
    case unknownLayer(String, known: [String])
    case unknownPooling(String, known: [String])
    case unknownClass(String, known: [String])
    /// Not `LAYER:INDEX`, another layer's, or an index out of range.
    case unknownUnit(String, layer: String, count: Int)
    /// A concept list that cannot be read as UTF-8 text; lines are counted from 1.
    case conceptsNotUTF8(file: String, line: Int)
    case noConcepts(file: String)
    case unreadable(file: String, reason: String)
    case unwritable(file: String, reason: String)
    /// A folder without the labels file that goes with an images file.
    case missingLabels(images: String, expected: String)
    /// A label that names no class of the model.
    case labelOutOfRange(file: String, image: Int, label: Int, classes: Int)
    /// The model gave NaN or infinity.
    case notFinite(model: String, image: String)
    /// Nothing was typed.
    case emptyConcept
    /// A file that should be a session of steering; `place` is a path in its JSON.
    case malformedSession(file: String, place: String)
    /// An exact curve was asked for where the rest of the network is not linear.
    case notLinear(layer: String)
}
