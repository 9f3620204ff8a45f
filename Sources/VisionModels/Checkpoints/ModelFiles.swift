import Digests
import Files
import Foundation
import LinearAlgebra

/// The files of one model, opened: its tensors by Hugging Face's names, and the settings of transformers' config.json,
/// whoever wrote the files.
///
/// Where there is no such config.json, settings come from the shapes of the tensors, and over these what the configuration
/// of timm or open_clip says.
struct ModelFiles: Sendable {
    let location: ModelLocation
    let family: CheckpointFamily
    let precision: Precision
    let tensors: NamedTensors
    let settings: Settings
    /// Where the settings come from: config.json, open_clip_config.json, or nil for the tensors alone.
    let configuration: String?
    /// What is said of preprocessing where the files are not transformers'.
    let published: PublishedPreprocessing?
    /// What no file says and is taken as usual.
    let assumptions: [ModelAssumption]

    enum PublishedPreprocessing: Sendable {
        case timm(Settings)
        case openCLIP(Settings)
    }

    var name: String { location.name }
    var checkpoint: Checkpoint { tensors.checkpoint }

    /// - Parameters:
    ///   - architectures: what the caller can make a model of.
    ///   - classes: names for a classifier's classes, instead of those its files have.
    init(
        _ location: ModelLocation, accepting architectures: [Architecture], classes: ClassList? = nil,
        precision: Precision = .float32
    ) throws(VisionModelsError) {
        guard precision.isSupported else { throw .unsupportedPrecision(precision) }
        self.precision = precision
        let expected = architectures.map(\.rawValue).joined(separator: " or ")
        self.location = location
        let weights = try location.weights()
        try NamedHash(of: weights)?.check(weights)
        let beside = try Self.settings(in: location, for: weights)
        // What a configuration says comes first, so that a wrong one is found before its weights are.
        var declared: Architecture?
        if let type = beside?["model_type"] {
            if case .string(let name) = type, let foreign = ForeignModel(modelType: name) {
                throw .unsupportedModel(file: beside!.file, kind: foreign.name)
            }
            guard case .string(let name) = type, let architecture = Architecture(modelType: name),
                architectures.contains(architecture)
            else { throw beside!.unsuitable("model_type", expected: expected) }
            declared = architecture
        }
        let checkpoint = try Checkpoint(weights).asOfModel()
        if let foreign = ForeignModel(tensorsOf: checkpoint) {
            throw .unsupportedModel(file: checkpoint.file, kind: foreign.name)
        }
        let found = CheckpointFamily.find(in: checkpoint)
        if let declared {
            family = found?.family.architecture == declared ? found!.family : CheckpointFamily(huggingFace: declared)
        } else {
            guard let found, architectures.contains(found.family.architecture) else {
                throw .notThatModel(file: checkpoint.file, expected: architectures, found: found?.family)
            }
            family = found.family
        }
        let root = family == found?.family ? found!.root : family.names.ownRoot
        tensors = NamedTensors(checkpoint: checkpoint, names: family.names.rooted(at: root))
        configuration = beside.map { URL(filePath: $0.file).lastPathComponent }
        let settings = try Self.settings(of: tensors, family, beside: beside, location)
        (self.settings, published) = (
            try settings.all.naming(location, classesOf: family, as: classes), settings.published
        )
        let isTold = try Preprocessing.settings(inFolder: location.folder) != nil
        assumptions = try Self.assumptions(
            family, tensors, settings.all, beside: beside, isPreprocessingTold: isTold)
    }

    /// Where the names of a part of a model begin; nil where these are the files of a whole one.
    private(set) var part: String?

    /// Of the part, its tensors alone.
    func isOutside(_ name: String) -> Bool { part.map { !name.hasPrefix($0) } ?? false }

    /// The image tower of a SigLIP as a model of its own: its settings are `vision_config`.
    func siglipImageTower() throws(VisionModelsError) -> ModelFiles {
        let type = JSON.string("siglip_vision_model")
        let settings = try settings.section("vision_config").adding(["model_type": type])
        return ModelFiles(part: "vision_model.", of: self, .huggingFaceSigLIPVision, settings)
    }

    private init(part: String, of whole: ModelFiles, _ family: CheckpointFamily, _ settings: Settings) {
        (location, precision, configuration) = (whole.location, whole.precision, whole.configuration)
        (published, assumptions) = (whole.published, whole.assumptions)
        (self.part, self.family, self.settings) = (part, family, settings)
        tensors = NamedTensors(checkpoint: whole.checkpoint, names: family.names.rooted(at: part))
    }

    func weights() -> Weights { Weights(tensors) }

    /// Names of a classifier's classes; none where there is no classifier. Of transformers' files those alone may lack it whose
    /// names begin with nothing: where something stands before them, it is missing.
    func classes(of classifier: String) throws(VisionModelsError) -> [String] {
        let name = classifier + ".weight"
        if tensors.shape(of: name) != nil { return try settings.classes() }
        guard family.mayBeAlone, tensors.names.isInside else { return [] }
        throw .missingTensor(file: checkpoint.file, tensor: tensors.names.source(of: name).name, expected: [])
    }

    func preprocessing(
        for input: ImageShape, default standard: Preprocessing.Standard
    ) throws(VisionModelsError) -> Preprocessing {
        if let settings = try Preprocessing.settings(inFolder: location.folder) {
            return try Preprocessing(huggingFace: settings, for: input, default: standard)
        }
        switch published {
        case .timm(let settings): return try Preprocessing(timm: settings, for: input)
        case .openCLIP(let settings): return try Preprocessing(openCLIP: settings, for: input)
        case nil: return try Preprocessing(default: standard, for: input, inFolder: location.folder)
        }
    }

    /// Of all that a model's outputs depend on but what comes before it: the weights and their settings.
    var digest: Digest { Digest(checkpoint.digest(), settings.digest) }

    // MARK: Settings

    /// The configuration that goes with the weights: open_clip's where they are named as open_clip names them.
    private static func settings(in location: ModelLocation, for weights: URL) throws(VisionModelsError) -> Settings? {
        let openCLIP = "open_clip_config.json"
        let isOpenCLIP = weights.lastPathComponent.hasPrefix("open_clip")
        for name in isOpenCLIP ? [openCLIP, "config.json"] : ["config.json", openCLIP] where location.contains(name) {
            return try Settings(location.folder.appending(path: name))
        }
        return nil
    }

    private static func settings(
        of tensors: NamedTensors, _ family: CheckpointFamily, beside: Settings?, _ location: ModelLocation
    ) throws(VisionModelsError) -> (all: Settings, published: PublishedPreprocessing?) {
        if let beside, beside["model_type"] != nil {
            try beside.followTransformers(family.architecture)
            return (beside, nil)
        }
        let timm = beside.flatMap(TimmConfiguration.init)
        if let beside, timm == nil, ["model_args", "pretrained_cfg"].contains(where: { beside[$0] != nil }) {
            // timm's, and what its arguments mean depends on the architecture.
            throw beside.unsuitable("architecture", expected: "timm's name of the model")
        }
        var openCLIP: OpenCLIPConfiguration?
        if let beside { openCLIP = try OpenCLIPConfiguration(beside) }
        var members: [String: JSON]
        var additions: [String: JSON] = [:]
        switch family.architecture {
        case .vit:
            members = try tensors.vitSettings(of: family)
            additions = try timm?.vitSettings(of: members, tensors) ?? [:]
        case .resnet:
            members = try tensors.resNetSettings(of: family)
            additions = try timm?.resNetSettings(of: members, tensors) ?? [:]
        case .resnetv2:
            members = try tensors.resNetV2Settings(of: family)
            additions = try timm?.resNetV2Settings(of: members, tensors) ?? [:]
        case .convnext:
            members = try tensors.convNeXtSettings(of: family)
            additions = try timm?.convNeXtSettings(of: members) ?? [:]
        case .efficientnet:
            members = try tensors.efficientNetSettings(of: family, inFile: location.name, beside: beside, timm)
            additions = try timm?.efficientNetSettings(of: members) ?? [:]
        case .clip:
            var (vision, text, dimension) = try tensors.clipSettings(of: family)
            let published = try openCLIP?.sections(vision: vision, text: text)
            vision.merge(published?.vision ?? [:]) { $1 }
            text.merge(published?.text ?? [:]) { $1 }
            members = [
                "model_type": .string("clip"), "projection_dim": .whole(dimension), "vision_config": .object(vision),
                "text_config": .object(text),
            ]
        case .siglip:
            let (vision, text) = try tensors.siglipSettings()
            members = [
                "model_type": .string("siglip"), "vision_config": .object(vision), "text_config": .object(text),
            ]
        }
        // A size that the positions tell is the file's own; the published one is of the model it came from, unless it has as
        // many whole patches.
        let ownSize = members["image_size"]
        members.merge(additions) { $1 }
        if let own = ownSize?.integer, let patch = members["patch_size"]?.integer {
            let published = try? Settings(file: "", members).size("image_size", default: own)
            let isSame = published.map { $0.height / patch == own / patch && $0.width / patch == own / patch } ?? false
            if !isSame { members["image_size"] = ownSize }
        }
        if let beside, timm == nil, openCLIP == nil {
            try beside.followTransformers(family.architecture)
            members.merge(beside.all, uniquingKeysWith: JSON.merged)
        }
        let file = beside?.file ?? tensors.checkpoint.file
        let settings = Settings(file: file, members)
        // A wrong number of heads gives wrong answers without a sign of it.
        let heads = family.architecture.hasTexts ? try settings.section("vision_config") : settings
        guard !family.architecture.hasHeads || heads["num_attention_heads"] != nil else {
            throw .uninferable(file: tensors.checkpoint.file, key: "num_attention_heads")
        }
        return (settings, try published(family, timm, openCLIP, file: file, named: location.name))
    }

    /// Without a configuration, what timm and torchvision say of nearly all their ViT and ResNet.
    private static func published(
        _ family: CheckpointFamily, _ timm: TimmConfiguration?, _ openCLIP: OpenCLIPConfiguration?, file: String,
        named name: String
    ) throws(VisionModelsError) -> PublishedPreprocessing? {
        if let timm { return .timm(try timm.pretrained) }
        if let openCLIP { return .openCLIP(openCLIP.preprocessing) }
        let half = JSON.array([JSON](repeating: .number("0.5"), count: 3))
        switch family {
        case .timmViT: return .timm(Settings(file: file, ["crop_pct": .number("0.9"), "mean": half, "std": half]))
        case .timmEfficientNet, .publishedEfficientNet:
            return .timm(Settings(file: file, EfficientNetVariant.preprocessing(of: family, inFile: name)))
        case .timmConvNeXt, .timmConvNeXtNormFirst:
            return .timm(Settings(file: file, ["crop_pct": .number("0.875")]))
        case .timmResNetV2:
            return .timm(
                Settings(
                    file: file,
                    ["crop_pct": .number("0.875"), "mean": half, "std": half, "interpolation": .string("bilinear")]))
        case .torchvisionConvNeXt:
            return .timm(Settings(file: file, ["crop_pct": .number("0.949"), "interpolation": .string("bilinear")]))
        case .publishedDinov2: return .timm(Settings(file: file, ["crop_pct": .number("1")]))
        case .torchvisionResNet, .torchvisionViT, .publishedTorchvisionViT:
            return .timm(Settings(file: file, ["crop_pct": .number("0.875"), "interpolation": .string("bilinear")]))
        default: return nil
        }
    }
}

extension JSON {
    /// The second, but objects key by key.
    fileprivate static func merged(_ first: JSON, _ second: JSON) -> JSON {
        guard case .object(let a) = first, case .object(let b) = second else { return second }
        return .object(a.merging(b, uniquingKeysWith: merged))
    }
}

/// Names of classes in the order of a model's logits, and the file that lists them.
package struct ClassList: Sendable, Hashable {
    package var file: String
    package var names: [String]

    package init(file: String, names: [String]) { (self.file, self.names) = (file, names) }
}

extension Settings {
    /// With the names of classes that were given, else those that stand one a line in `classes.txt` beside the model where
    /// its settings have none of their own.
    fileprivate func naming(
        _ location: ModelLocation, classesOf family: CheckpointFamily, as given: ClassList?
    ) throws(VisionModelsError) -> Settings {
        guard !family.architecture.hasTexts else { return self }
        let own = self["id2label"] == nil ? nil : try section("id2label")
        let count = own?.keyCount ?? self["num_labels"]?.integer
        // Its features are its answer.
        guard count != 0 else { return self }
        if let given {
            guard given.names.count == count ?? 2 else {
                throw .classCount(file: given.file, expected: count ?? 2, found: given.names.count)
            }
            return adding(["id2label": .numbered(given.names.map(JSON.string))])
        }
        // What transformers writes for want of names is no name.
        let isNamed = own.map { $0["0"] != .string("LABEL_0") } ?? false
        let list = location.folder.appending(path: "classes.txt")
        guard !isNamed, let count else { return self }
        guard FileManager.default.fileExists(atPath: list.path) else {
            let numbers = (0..<count).map { JSON.string("class \($0)") }
            return isFromTensors && own == nil ? adding(["id2label": .numbered(numbers)]) : self
        }
        let names = try readingFiles { () throws(FileError) in
            let list = try TextList(list)
            list.tellRepetitions(as: .ownClasses)
            return try list.names().map { JSON.string($0.name) }
        }
        guard names.count == count else {
            throw .classCount(file: list.path, expected: count, found: names.count)
        }
        return adding(["id2label": .numbered(names)])
    }
}
