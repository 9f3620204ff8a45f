import Digests
import Files
import Foundation
import LinearAlgebra

/// Loads a sentence encoder: a folder with config.json, weights, a WordPiece tokenizer, and modules.json of
/// sentence-transformers.
package func loadSentenceEncoder(at url: URL) throws(VisionModelsError) -> SentenceEncoder {
    try loadSentenceEncoder(at: ModelLocation(url))
}

package func loadSentenceEncoder(at location: ModelLocation) throws(VisionModelsError) -> SentenceEncoder {
    try SentenceEncoder(location)
}

extension ModelLocation {
    /// Whether sentence-transformers' list of modules is there.
    package var isSentenceEncoder: Bool { contains(SentenceModules.file) }
}

extension SentenceEncoder {
    /// Encoders that are read, by `model_type`.
    private enum Kind: String, CaseIterable { case bert, mpnet }

    init(_ location: ModelLocation) throws(VisionModelsError) {
        let modules = try SentenceModules(location)
        let settings = try Settings(location.folder.appending(path: "config.json"))
        guard settings["model_type"] != nil else {
            throw settings.unsuitable("model_type", expected: "bert or mpnet")
        }
        let kind = try settings.choice("model_type", default: Kind.bert)
        try settings.follow(
            [
                "position_embedding_type": .only([.string("absolute")]), "is_decoder": .off,
                "add_cross_attention": .off, "embedding_size": .off,
            ], isOpen: true)
        let checkpoint = try Checkpoint(try location.weights())
        let names = SentenceNames(checkpoint, kind.rawValue)
        var weights = Weights(NamedTensors(checkpoint: checkpoint, names: .huggingFace))

        let isBERT = kind == .bert
        let width = try settings.count("hidden_size", default: 768)
        let hidden = try settings.count("intermediate_size", default: 3072)
        let heads = try settings.count("num_attention_heads", default: 12)
        let depth = try settings.count("num_hidden_layers", default: 12)
        let epsilon = try settings.float("layer_norm_eps", default: 1e-12)
        let activation = try settings.choice("hidden_act", default: Activation.gelu)
        guard width % heads == 0 else {
            throw settings.unsuitable("num_attention_heads", expected: "a divisor of hidden_size, \(width)")
        }
        // MPNet's positions begin after that of padding.
        let firstPosition = isBERT ? 0 : try settings.integer("pad_token_id", default: 1) + 1
        let positions = try settings.count("max_position_embeddings", default: 512)
        guard (0..<positions - 1).contains(firstPosition) else {
            throw settings.unsuitable("max_position_embeddings", expected: "room for a start and an end")
        }

        let embedded = names.embeddings
        embeddings = TokenEmbeddings(
            vocabulary: try weights.tensor(
                embedded + ".word_embeddings.weight", [try settings.count("vocab_size", default: 30522), width]),
            positions: try weights.tensor(embedded + ".position_embeddings.weight", [positions, width]),
            firstPosition: firstPosition,
            type: isBERT
                ? try weights.tensor(
                    embedded + ".token_type_embeddings.weight",
                    [try settings.count("type_vocab_size", default: 2), width]
                ).rows(0..<1).reshaped([width]) : nil,
            norm: try weights.layerNorm(embedded + ".LayerNorm", width, epsilon: epsilon))
        var blocks: [PostNormBlock] = []
        for index in 0..<depth {
            let block = names.block(index)
            let (inside, norm) =
                isBERT ? ("attention.self", "attention.output.LayerNorm") : ("attention.attn", "attention.LayerNorm")
            let parts = isBERT ? ["query", "key", "value"] : ["q", "k", "v"]
            let output = isBERT ? "attention.output.dense" : "attention.attn.o"
            blocks.append(
                PostNormBlock(
                    attention: Attention(
                        query: try weights.linear("\(block).\(inside).\(parts[0])", width, width),
                        key: try weights.linear("\(block).\(inside).\(parts[1])", width, width),
                        value: try weights.linear("\(block).\(inside).\(parts[2])", width, width),
                        output: try weights.linear("\(block).\(output)", width, width), heads: heads, isCausal: false,
                        precision: .float32),
                    norm1: try weights.layerNorm("\(block).\(norm)", width, epsilon: epsilon),
                    mlp: MLP(
                        expand: try weights.linear("\(block).intermediate.dense", width, hidden),
                        activation: activation, contract: try weights.linear("\(block).output.dense", hidden, width),
                        precision: .float32),
                    norm2: try weights.layerNorm("\(block).output.LayerNorm", width, epsilon: epsilon)))
        }
        self.blocks = blocks
        relativePositions =
            isBERT
            ? nil
            : RelativePositions(
                weight: try weights.tensor(
                    names.prefix + "encoder.relative_attention_bias.weight",
                    [try settings.count("relative_attention_num_buckets", default: 32), heads]))
        // The pooler is another task's, as are heads of pre-training.
        try weights.finish { name in
            name.hasSuffix(".position_ids")
                || [names.prefix + "pooler.", "cls.", "lm_head."].contains(where: name.hasPrefix)
        }

        let most = positions - firstPosition
        tokenizer = try WordPiece(
            inFolder: location.folder, convention: isBERT ? .bert : .mpnet,
            contextLength: min(modules.longest ?? most, most))
        guard tokenizer.vocabularySize <= embeddings.vocabulary.rows else {
            throw .malformedVocabulary(
                file: tokenizer.file,
                .tooLarge(tokens: tokenizer.vocabularySize, embedded: embeddings.vocabulary.rows))
        }
        pooling = modules.pooling
        name = location.name
        digest = Digest(
            "sentence encoder", checkpoint.digest(), settings.digest, tokenizer.digest,
            Digest(combining: ["\(modules.pooling)", "\(tokenizer.contextLength)"]))
    }
}

/// Where tensors stand: at the top, or below the encoder's name where it was saved with a head.
private struct SentenceNames {
    let prefix: String

    init(_ checkpoint: Checkpoint, _ kind: String) {
        let isBelow = checkpoint.shape(of: "\(kind).embeddings.word_embeddings.weight") != nil
        prefix = isBelow ? kind + "." : ""
    }

    var embeddings: String { prefix + "embeddings" }

    func block(_ index: Int) -> String { "\(prefix)encoder.layer.\(index)" }
}

/// modules.json and what it names: an encoder, a pooling, and perhaps a division by the length, which is made here anyway.
struct SentenceModules {
    static let file = "modules.json"
    let pooling: SentencePooling
    /// Tokens a text may have; nil where nothing is said.
    let longest: Int?

    init(_ location: ModelLocation) throws(VisionModelsError) {
        let url = location.folder.appending(path: Self.file)
        let (path, modules) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(url)
            return (mapped.path, try JSON.elements(of: mapped))
        }
        func fault(_ key: String, _ expected: String, _ found: String) -> VisionModelsError {
            .unsuitableSetting(file: path, key: key, expected: expected, found: found)
        }
        var folder: String?
        for (index, module) in modules.enumerated() {
            guard case .object(let members) = module, case .string(let type)? = members["type"] else {
                throw fault("[\(index)]", "a module's type", module.summary)
            }
            let kind = type.split(separator: ".").last.map(String.init) ?? type
            switch (index, kind) {
            case (0, "Transformer"), (2, "Normalize"): continue
            case (1, "Pooling"):
                guard case .string(let place)? = members["path"] else {
                    throw fault("[\(index)].path", "a folder", "none")
                }
                folder = place
            default: throw fault("[\(index)].type", "Transformer, Pooling and Normalize, in this order", type)
            }
        }
        guard let folder else { throw fault("[1]", "a Pooling", "\(modules.count) modules") }
        let settings = try Settings(location.folder.appending(path: folder).appending(path: "config.json"))
        pooling = try Self.pooling(settings)
        let about = location.folder.appending(path: "sentence_bert_config.json")
        longest =
            FileManager.default.fileExists(atPath: about.path)
            ? try Settings(about).count("max_seq_length", default: 512) : nil
        if let longest, longest < 2 { throw try Settings(about).unsuitable("max_seq_length", expected: "at least 2") }
    }

    private static func pooling(_ settings: Settings) throws(VisionModelsError) -> SentencePooling {
        let modes = settings.all.keys.sorted().filter { $0.hasPrefix("pooling_mode_") }
        var on: [String] = []
        for mode in modes where try settings.flag(mode, default: false) { on.append(mode) }
        if case .string(let mode)? = settings["pooling_mode"] { on = ["pooling_mode_\(mode)"] }
        switch on {
        case ["pooling_mode_mean_tokens"], ["pooling_mode_mean"]: return .mean
        case ["pooling_mode_cls_token"], ["pooling_mode_cls"]: return .first
        default:
            throw settings.unsuitable(on.first ?? "pooling_mode", expected: "the mean of the tokens or the first alone")
        }
    }
}
