import Files
import Foundation

/// What the files of a model, or a safetensors file of another kind, are: for people, and for scripts as JSON.
package struct ModelInspection: Sendable {
    package struct Tensors: Sendable, Codable {
        package var name: String
        package var type: String
        package var shape: [Int]
    }

    /// Who chose the MLPs' nonlinearity.
    package enum ActivationSource: Sendable, Hashable {
        /// The file of the settings.
        case file(String)
        /// Nobody; that of the models that are usually published so. Files with OpenAI's names are of two kinds.
        case assumed(CheckpointFamily)
    }

    /// A part of a model that is not beside it.
    package enum Missing: Sendable, Hashable {
        case weights(searched: [String])
        /// Files of an index.
        case shards([String])
        case tokenizer(searched: [String])
        /// The model runs without: the shapes of its tensors tell all but how many heads a transformer has.
        case settings(Architecture)
        /// The model runs without, with what its kind usually takes.
        case preprocessing
        /// The model runs without, under numbers.
        case classNames

        package var isNeeded: Bool {
            switch self {
            case .weights, .shards, .tokenizer: true
            case .settings, .preprocessing, .classNames: false
            }
        }
    }

    /// The weights' file, or the index of several; the folder where there are no weights.
    package var file: String
    /// Where the weights are in PyTorch's own format, which is not read: then nothing below is known.
    package var pickle: PickledCheckpoint?
    package var shards = 0
    /// Element types and how many values have each.
    package var types: [String: Int] = [:]
    package var parameters = 0
    /// In alphabetical order.
    package var tensors: [Tensors] = []
    /// Nil where no model this program knows has such names.
    package var family: CheckpointFamily?
    /// The file of the settings, nil where the tensors alone tell them.
    package var configuration: String?
    /// The MLPs' nonlinearity, and who says so.
    package var activation: (name: String, source: ActivationSource)?
    /// Where a text is read.
    package var textPooling: String?
    package var description: String?
    package var input: ImageShape?
    package var preprocessing: Preprocessing?
    /// The file that says so; nil where none does.
    package var preprocessingSource: String?
    package var classes: [String]?
    /// Names of its hook points, in the order of the forward pass.
    package var layers: [String]?
    /// What it can be; nothing where it cannot be run.
    package var uses: [Use] = []
    package var nearest: Nearest?
    package var tokenizer: String?
    package var assumptions: [ModelAssumption] = []
    package var missing: [Missing] = []
    /// Why the files cannot be run, though the program knows the model and nothing it needs is missing.
    package var problem: VisionModelsError?

    /// Reads what is there; what keeps a known model from loading is part of the answer.
    ///
    /// - Throws: where there is nothing at that place, or a safetensors file that contradicts itself.
    package init(_ location: ModelLocation) throws(VisionModelsError) {
        file = location.folder.path
        let checkpoint: Checkpoint
        do throws(VisionModelsError) {
            let weights = try location.weights()
            file = weights.path
            if weights.path.hasSuffix(ShardIndex.suffix) {
                let absent = try ShardIndex(weights).absentShards
                if !absent.isEmpty { missing.append(.shards(absent)) }
            }
            guard missing.isEmpty else { return }
            checkpoint = try Checkpoint(weights).asOfModel()
        } catch .pickledCheckpoint(let found) {
            (pickle, file) = (found, found.files[0])
            return
        } catch .missingFile(_, .weights, let searched) {
            missing.append(.weights(searched: searched))
            return
        }
        shards = checkpoint.shardCount
        tensors = checkpoint.tensorNames.map { name in
            Tensors(
                name: name, type: checkpoint.elementType(of: name)!.rawValue, shape: checkpoint.shape(of: name)!)
        }
        for tensor in tensors {
            let count = tensor.shape.reduce(1, *)
            types[tensor.type, default: 0] += count
            parameters += count
        }
        family = CheckpointFamily(of: checkpoint)
        defer {
            findUses(location)
            findNearest(in: checkpoint)
        }
        do throws(VisionModelsError) {
            if location.isSentenceEncoder {
                description = try loadSentenceEncoder(at: location).architecture
                uses = [.sentenceSpace]
                return
            }
            try inspectModel(location)
        } catch .notThatModel {
            // Said by the family, which is nil.
        } catch .missingFile(_, .tokenizer, let searched) {
            missing.append(.tokenizer(searched: searched))
        } catch {
            problem = error
        }
    }

    private mutating func inspectModel(_ location: ModelLocation) throws(VisionModelsError) {
        let files = try ModelFiles(location, accepting: Architecture.allCases)
        family = files.family
        configuration = files.configuration
        activation = try files.activation
        assumptions = files.assumptions
        let processor = try Preprocessing.settings(inFolder: location.folder)
        preprocessingSource =
            processor.map { URL(filePath: $0.file).lastPathComponent }
            ?? (files.published != nil ? files.configuration : nil)
        if preprocessingSource == nil { missing.append(.preprocessing) }
        if files.configuration == nil { missing.append(.settings(files.family.architecture)) }
        guard files.family.architecture.hasTexts else {
            let model = try files.targetModel()
            (description, input, preprocessing) = (model.architecture, model.input, model.preprocessing)
            (classes, layers) = (model.classes.isEmpty ? nil : model.classes, model.hookPoints.map(\.name))
            // As models without names of classes are read.
            if ["LABEL_0", "class 0"].contains(model.classes.first) { missing.append(.classNames) }
            return
        }
        let model = try files.contrastiveModel()
        (description, input, preprocessing) = (model.architecture, model.input, model.preprocessing)
        (layers, textPooling) = (model.imagePoints.map(\.name), model.textPooling)
        tokenizer = URL(filePath: model.tokenizerFile).lastPathComponent
    }
}

extension ModelFiles {
    /// The nonlinearity the settings choose, and who says so. Nil where the kind tells.
    var activation: (name: String, source: ModelInspection.ActivationSource)? {
        get throws(VisionModelsError) {
            guard family.architecture.hasHeads else { return nil }
            let section = family.architecture.hasTexts ? try settings.section("vision_config") : settings
            let chosen = try section.choice("hidden_act", default: family.usualActivation)
            guard section["hidden_act"] == nil || configuration == nil else {
                return (chosen.rawValue, .file(configuration!))
            }
            return (chosen.rawValue, .assumed(family))
        }
    }
}
