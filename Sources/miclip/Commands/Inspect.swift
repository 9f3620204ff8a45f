import ArgumentParser
import Foundation
import VisionModels

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a model's files are, and what they lack.",
        discussion: """
            Examples:
              miclip inspect SampleData/clip
              miclip inspect resnet50.safetensors --json
              miclip inspect openai/clip-vit-base-patch16   (in Hugging Face's cache; nothing is downloaded)
            """)

    @Argument(
        help: ArgumentHelp("A folder, a safetensors file, or a model in Hugging Face's cache.", valueName: "model"))
    var model: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let inspection = try ModelInspection(ModelLocation.locate(model))
        try output.print(Document(inspection)) { Self.text($0).joined(separator: "\n") }
    }

    /// The inspection as JSON has it.
    struct Document: Encodable {
        struct Activation: Encodable {
            var name: String
            var source: String
        }

        struct Preprocessing: Encodable {
            var mean: [Float]
            var deviation: [Float]
            var source: String
        }

        var file: String
        var shards: Int
        var parameters: Int
        var types: [String: Int]
        var isKnown: Bool
        var architecture: String?
        var family: String?
        var description: String?
        var configuration: String?
        var activation: Activation?
        var textPooling: String?
        var input: ImageShape?
        var preprocessing: Preprocessing?
        var classes: [String]?
        var hookPoints: Int?
        var tokenizer: String?
        var problem: String?
        var tensors: [ModelInspection.Tensors]

        init(_ inspection: ModelInspection) {
            (file, shards, parameters) = (inspection.file, inspection.shards, inspection.parameters)
            (types, tensors, isKnown) = (inspection.types, inspection.tensors, inspection.family != nil)
            (family, description) = (inspection.family?.rawValue, inspection.description)
            architecture = inspection.family?.architecture.rawValue
            configuration = inspection.configuration
            activation = inspection.activation.map { Activation(name: $0.name, source: $0.source) }
            (textPooling, input, classes) = (inspection.textPooling, inspection.input, inspection.classes)
            preprocessing = inspection.preprocessing.map {
                Preprocessing(
                    mean: $0.mean, deviation: $0.deviation,
                    source: inspection.preprocessingSource ?? "the usual one; no file says")
            }
            (hookPoints, tokenizer) = (inspection.hookPoints, inspection.tokenizer)
            problem = inspection.problem.map(ErrorWording.words)
        }
    }

    private static func text(_ document: Document) -> [String] {
        func row(_ label: String, _ value: String?) -> [String] {
            value.map { [label.padded(16) + $0] } ?? []
        }
        func some(_ items: [String], most: Int = 5) -> String {
            items.prefix(most).joined(separator: ", ") + (items.count > most ? ", …" : "")
        }
        let types = document.types.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key)
        var rows = row("file", document.file + (document.shards > 1 ? " (\(document.shards) files)" : ""))
        rows += row(
            "tensors", "\(document.tensors.count), \(document.parameters) values, \(types.joined(separator: ", "))")
        guard document.isKnown else {
            let list = document.tensors.prefix(40).map { "  \($0.name)  \($0.type) \($0.shape)" }
            let rest = document.tensors.count - list.count
            return rows + ["not a model this program knows; its tensors:"] + list
                + (rest > 0 ? ["  and \(rest) more (all with --json)"] : [])
        }
        rows += row("model", document.description ?? document.architecture)
        rows += row("names", document.family)
        rows += row("settings", document.configuration ?? "from the shapes of the tensors; no config.json beside them")
        rows += row("activation", document.activation.map { "\($0.name), \($0.source)" })
        rows += row("input", document.input?.description)
        rows += row(
            "preprocessing", document.preprocessing.map { "mean \($0.mean), deviation \($0.deviation); \($0.source)" })
        rows += row("classes", document.classes.map { "\($0.count): \(some($0))" })
        rows += row("hook points", document.hookPoints.map { "\($0)" })
        rows += row("tokenizer", document.tokenizer)
        rows += row("text read at", document.textPooling)
        return rows + row("cannot be run", document.problem)
    }
}
