import Analysis
import VisionModels

/// What is said of a checkpoint in PyTorch's own format, and the line of Python that saves it as safetensors.
enum PickleWording {
    static func format(_ pickle: PickledCheckpoint) -> String { pickle.isScript ? "TorchScript" : "PyTorch pickle" }

    /// Why it is not read, with its article.
    static func reason(_ pickle: PickledCheckpoint) -> String {
        let fault = pickle.fault.map { ": " + words($0) } ?? ""
        return "a PyTorch pickle whose tensors cannot be read without running it\(fault)"
    }

    static func words(_ fault: PickleFault) -> String {
        switch fault {
        case .endsTooSoon(let place): "byte \(place): it ends too soon"
        case .instruction(let code, let place): "byte \(place): instruction \(code), which no tensor needs"
        case .name(let name, let place): "byte \(place): it asks for \(name), which makes no tensor"
        case .misuse(let code, let place): "byte \(place): instruction \(code) on other values than it takes"
        case .tooLarge(let place): "byte \(place): deeper or larger than any checkpoint"
        case .archive(let expected): "expected \(expected)"
        case .noTensors: "no tensors by names in it"
        case .tensor(let name, let expected): "tensor \(name): expected \(expected)"
        }
    }

    /// One line for a shell. Paths stand behind the program, so that none can break out of it; parts become one file, and
    /// tensors that share memory, which safetensors does not save, are copied.
    ///
    /// - Parameter name: of the file to write, in the folder of the pickle.
    static func conversion(_ pickle: PickledCheckpoint, to name: String) -> String {
        let load =
            pickle.isScript
            ? "torch.jit.load(f, map_location='cpu').state_dict()"
            : "torch.load(f, map_location='cpu', weights_only=True)"
        let program =
            "import sys, torch, safetensors.torch as s; s.save_file({k: v.contiguous().clone() "
            + "for f in sys.argv[2:] for d in [\(load)] "
            + "for k, v in d.get('state_dict', d.get('model', d)).items() if torch.is_tensor(v)}, sys.argv[1])"
        let folder = pickle.files[0].prefix(upTo: pickle.files[0].lastIndex(of: "/") ?? pickle.files[0].startIndex)
        let paths = ["\(folder)/\(name)"] + pickle.files
        return "python3 -c \"\(program)\" " + paths.map(shellQuoted).joined(separator: " ")
    }
}
