import Files

/// What a pickle describes, as values: nothing of it is ever run.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case bytes
    /// A function or class of a known name; it is not looked up.
    case constructor(PickleConstructor)
    case storage(PickleStorage)
    case tensor(PickleTensor)
    /// `depth`: how far tuples are inside one another.
    case tuple([PickleValue], depth: Int)
    case list(PickleBox)
    case dictionary(PickleBox)
    /// An object of a kind that is let through because it does nothing: a number of NumPy's, a trainer's arguments.
    case inert
}

/// A list, or the keys and values of a dictionary in turn. It may hold itself, so whoever made it empties it.
final class PickleBox {
    var items: [PickleValue] = []
    /// Whether its members are the attributes of a TorchScript's module.
    var isModule = false
    /// The class whose attributes they are, where it holds settings; none is made of it.
    var settingsClass: String?
}

/// Bytes of a file that tensors share.
struct PickleStorage {
    var type: ElementType
    var key: String
    /// Elements.
    var count: Int
}

/// A view of a storage; sizes and strides are elements.
struct PickleTensor {
    var storage: PickleStorage
    var offset: Int
    var shape: [Int]
    var strides: [Int]
}

/// The functions and classes that a checkpoint of tensors needs, and some that do nothing. Every other name is refused.
enum PickleConstructor: Equatable {
    case orderedDictionary
    case storage(ElementType)
    case tensor, parameter
    case size
    /// A class of a TorchScript's own.
    case module
    /// A class of settings, of which its attributes are read.
    case settings(String)
    case inert

    init?(_ module: String, _ name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"): self = .tensor
        case ("torch._utils", "_rebuild_parameter"): self = .parameter
        case ("torch", "Size"): self = .size
        case (let module, _) where module == "__torch__" || module.hasPrefix("__torch__."): self = .module
        case ("torch.jit._pickle", _): self = .inert
        case ("torch", let storage) where Self.storages[storage] != nil: self = .storage(Self.storages[storage]!)
        case ("argparse", "Namespace"), ("torch", "device"), ("collections", "defaultdict"), ("collections", "Counter"),
            ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"), ("numpy", "dtype"),
            ("numpy.dtypes", _), ("_codecs", "encode"), ("__builtin__", "set"), ("builtins", "set"),
            ("pathlib", "PosixPath"), ("pathlib", "Path"), ("datetime", "timedelta"):
            self = .inert
        case ("torch", let type) where ["float16", "float32", "float64", "bfloat16", "int64"].contains(type):
            self = .inert
        case (let module, let name) where Self.isOfSettings(module, name): self = .settings(name)
        default: return nil
        }
    }

    /// Whether a class keeps a trainer's settings, as those who save autoencoders call theirs: `sae.config.RunnerConfig`.
    private static func isOfSettings(_ module: String, _ name: String) -> Bool {
        name.hasSuffix("Config") && (module.split(separator: ".").last ?? "").lowercased().contains("config")
    }

    private static let storages: [String: ElementType] = [
        "FloatStorage": .float32, "DoubleStorage": .float64, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8,
        "BoolStorage": .boolean,
    ]
}

/// Why a pickle is not read. Places are bytes of the pickle.
package enum PickleFault: Error, Sendable, Hashable {
    case endsTooSoon(at: Int)
    /// An instruction that checkpoints do not need.
    case instruction(UInt8, at: Int)
    /// A function or class that is not one of the few that make tensors.
    case name(String, at: Int)
    /// An instruction that finds other things than it needs.
    case misuse(of: UInt8, at: Int)
    /// Deeper, longer or larger than any checkpoint.
    case tooLarge(at: Int)
    /// A ZIP archive that contradicts itself, or not PyTorch's: what was expected.
    case archive(expected: String)
    /// No tensors by names.
    case noTensors
    /// A tensor that does not lie in the file as its view says.
    case tensor(String, expected: String)
}
