import Foundation

/// What the files of a model, or a safetensors file of another kind, are: for people, and for scripts as JSON.
public struct ModelInspection: Sendable {
    public struct Tensors: Sendable, Codable {
        public var name: String
        public var type: String
        public var shape: [Int]
    }

    /// The weights' file, or the index of several.
    public var file: String
    public var shards: Int
    /// Element types and how many values have each.
    public var types: [String: Int]
    public var parameters: Int
    /// In alphabetical order.
    public var tensors: [Tensors]
    /// Nil where no model this program knows has such names.
    public var family: CheckpointFamily?
    /// The file of the settings, nil where the tensors alone tell them.
    public var configuration: String?
    /// The MLPs' nonlinearity, and who says so.
    public var activation: (name: String, source: String)?
    /// Where a text is read.
    public var textPooling: String?
    public var description: String?
    public var input: ImageShape?
    public var preprocessing: Preprocessing?
    public var preprocessingSource: String?
    public var classes: [String]?
    public var hookPoints: Int?
    public var tokenizer: String?
    /// Why the files cannot be run, though the program knows the model.
    public var problem: VisionModelsError?

    /// Reads what is there; what keeps a known model from loading is part of the answer.
    ///
    /// - Throws: only where no safetensors file can be read.
    public init(_ location: ModelLocation) throws(VisionModelsError) {
        let checkpoint = try Checkpoint(try location.weights())
        file = checkpoint.file
        shards = checkpoint.shardCount
        tensors = checkpoint.tensorNames.map { name in
            Tensors(
                name: name, type: checkpoint.elementType(of: name)!.rawValue, shape: checkpoint.shape(of: name)!)
        }
        (types, parameters) = ([:], 0)
        for tensor in tensors {
            let count = tensor.shape.reduce(1, *)
            types[tensor.type, default: 0] += count
            parameters += count
        }
        family = CheckpointFamily(of: checkpoint)
        do throws(VisionModelsError) {
            try inspectModel(location)
        } catch .notThatModel {
            // Said by the family, which is nil.
        } catch {
            problem = error
        }
    }

    private mutating func inspectModel(_ location: ModelLocation) throws(VisionModelsError) {
        let files = try ModelFiles(location, accepting: Architecture.allCases)
        family = files.family
        configuration = files.configuration
        activation = try files.activation
        let isSaid = location.contains("preprocessor_config.json")
        preprocessingSource =
            isSaid ? "preprocessor_config.json" : files.published != nil ? files.configuration : nil
        guard files.family.architecture == .clip else {
            let model =
                files.family.architecture == .vit
                ? try VisionTransformer(files) as any TargetModel : try ResNet(files)
            (description, input, preprocessing) = (model.architecture, model.input, model.preprocessing)
            (classes, hookPoints) = (model.classes, model.hookPoints.count)
            return
        }
        let model = try CLIP(files)
        (description, input, preprocessing) = (model.architecture, model.input, model.preprocessing)
        hookPoints = model.images.hookPoints.count
        tokenizer = URL(filePath: model.tokenizer.file).lastPathComponent
        textPooling =
            model.texts.end.map { "token \($0)" }
            ?? "the greatest token (the configuration's eos_token_id 2 means that)"
    }
}

extension ModelFiles {
    /// The nonlinearity the settings choose, and who says so. Nil for a ResNet, which has one.
    var activation: (name: String, source: String)? {
        get throws(VisionModelsError) {
            guard family.architecture != .resnet else { return nil }
            let section = family.architecture == .clip ? try settings.section("vision_config") : settings
            let standard: Activation = family.architecture == .clip ? .quickGELU : .gelu
            let chosen = try section.choice("hidden_act", default: standard)
            guard section["hidden_act"] == nil || configuration == nil else {
                return (chosen.rawValue, "as \(configuration!) says")
            }
            return (chosen.rawValue, "assumed, the usual one of \(family.rawValue); no file says")
        }
    }
}
