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
              miclip inspect pytorch_model.bin              (its tensors; nothing in it is run)
              miclip inspect openai/clip-vit-base-patch16   (in Hugging Face's cache; nothing is downloaded)
              miclip inspect torchvision/resnet50           (in PyTorch's cache; timm/resnet50.a1_in1k in Hugging Face's)
            """)

    @Argument(
        help: ArgumentHelp("A folder, a file, or a model in Hugging Face's or PyTorch's cache.", valueName: "model"),
        completion: .file())
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
            var resize: String
            var mean: [Float]
            var deviation: [Float]
            var source: String
        }

        struct Missing: Encodable {
            var part: String
            /// Whether the model cannot be run without.
            var isNeeded: Bool
            var note: String

            init(_ missing: ModelInspection.Missing) {
                (part, note) = InspectionWording.words(missing)
                isNeeded = missing.isNeeded
            }
        }

        var file: String
        /// `safetensors` or `PyTorch`; of what is not read, `PyTorch pickle` or `TorchScript`.
        var format: String?
        /// Why a pickle is not read.
        var reason: String?
        /// The line of Python that saves a pickle as safetensors.
        var conversion: String?
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
        /// Hook points: their names, in order.
        var layers: [String]?
        /// What it can be, in words.
        var uses: [String]
        /// What cannot be run is most like this, which could.
        var nearest: String?
        var tokenizer: String?
        /// What no file says and is taken as usual, in words.
        var assumed: [String]
        var missing: [Missing]
        var problem: String?
        var tensors: [ModelInspection.Tensors]

        init(_ inspection: ModelInspection) {
            (file, shards, parameters) = (inspection.file, inspection.shards, inspection.parameters)
            (types, tensors, isKnown) = (
                inspection.types, inspection.tensors, inspection.family != nil || !inspection.uses.isEmpty
            )
            let isPlain = ["safetensors", "json"].contains(URL(filePath: inspection.file).pathExtension)
            let read = inspection.shards == 0 ? nil : isPlain ? "safetensors" : "PyTorch"
            format = inspection.pickle.map { PickleWording.format($0) } ?? read
            reason = inspection.pickle.map { PickleWording.reason($0) }
            conversion = inspection.pickle.map { PickleWording.conversion($0, to: "model.safetensors") }
            (family, description) = (inspection.family?.rawValue, inspection.description)
            architecture = inspection.family?.architecture.rawValue
            configuration = inspection.configuration
            activation = inspection.activation.map {
                Activation(name: $0.name, source: InspectionWording.words($0.source))
            }
            (textPooling, input, classes) = (inspection.textPooling, inspection.input, inspection.classes)
            preprocessing = inspection.preprocessing.map {
                Preprocessing(
                    resize: InspectionWording.geometry($0), mean: $0.mean, deviation: $0.deviation,
                    source: inspection.preprocessingSource ?? "the usual one; no file says")
            }
            (layers, tokenizer) = (inspection.layers, inspection.tokenizer)
            uses = inspection.uses.map(InspectionWording.words)
            nearest = inspection.nearest.map(InspectionWording.words)
            assumed = inspection.assumptions.map(AssumptionWording.words)
            missing = inspection.missing.map(Missing.init)
            problem = inspection.problem.map(ErrorWording.words)
        }
    }

    private static func text(_ document: Document) -> [String] {
        func row(_ label: String, _ value: String?) -> [String] {
            value.map { [label.padded(16) + $0] } ?? []
        }
        let types = document.types.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map(\.key)
        var rows = row("file", document.file + (document.shards > 1 ? " (\(document.shards) files)" : ""))
        let missing = document.missing.flatMap {
            row($0.isNeeded ? "missing" : "not there", "\($0.part): \($0.note)")
        }
        if let conversion = document.conversion {
            rows += row("format", document.format.map { $0 + (document.reason.map { ", \($0)" } ?? "") })
            return rows + row("save it with", conversion)
        }
        guard document.shards > 0 else { return rows + missing }
        rows += row(
            "tensors", "\(document.tensors.count), \(document.parameters) values, \(types.joined(separator: ", "))")
        guard document.isKnown else {
            let list = document.tensors.prefix(40).map { "  \($0.name)  \($0.type) \($0.shape)" }
            let rest = document.tensors.count - list.count
            return rows + ["not a model this program knows; its tensors:"] + list
                + (rest > 0 ? ["  and \(rest) more (all with --json)"] : []) + row("cannot be run", document.problem)
                + row("nearest", document.nearest)
        }
        rows += row("model", document.description ?? document.architecture)
        rows += row("names", document.family)
        let isModel = document.family != nil
        rows += row(
            "settings",
            !isModel ? nil : document.configuration ?? "from the shapes of the tensors; no config.json beside them")
        rows += row("activation", document.activation.map { "\($0.name), \($0.source)" })
        rows += row("input", document.input?.description)
        rows += row(
            "preprocessing",
            document.preprocessing.map { "\($0.resize); mean \($0.mean), deviation \($0.deviation); \($0.source)" })
        rows += row("classes", document.classes.map { "\($0.count): \(Wording.list($0, most: 5))" })
        rows += row("can be", document.uses.isEmpty ? nil : document.uses.joined(separator: "; "))
        rows += row("layers", document.layers.map { "\($0.count): \(Wording.list($0, most: 8))" })
        rows += row("tokenizer", document.tokenizer)
        rows += row("text read at", document.textPooling)
        rows += row("assumed", document.assumed.isEmpty ? nil : document.assumed.joined(separator: "; "))
        return rows + missing + row("cannot be run", document.problem) + row("nearest", document.nearest)
    }
}
