import Files
import Foundation

/// Folders in which other programs keep the models that they fetched, and what lies in them, by name. Nothing is ever fetched.
struct ModelCaches {
    /// Hugging Face's, of transformers, timm and open_clip: `$HF_HUB_CACHE`, else `$HF_HOME/hub`, else
    /// `~/.cache/huggingface/hub`.
    let hub: URL
    /// PyTorch's, of torchvision and torch.hub: `$TORCH_HOME/hub/checkpoints`, else `~/.cache/torch/hub/checkpoints`.
    let checkpoints: URL
    /// Of OpenAI's package: `~/.cache/clip`.
    let clip: URL

    init(_ environment: [String: String]) {
        func named(_ name: String) -> URL? { environment[name].flatMap { $0.isEmpty ? nil : URL(filePath: $0) } }
        let home = environment["HOME"].map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser
        let caches = named("XDG_CACHE_HOME") ?? home.appending(path: ".cache")
        hub =
            named("HF_HUB_CACHE") ?? named("HUGGINGFACE_HUB_CACHE")
            ?? (named("HF_HOME") ?? caches.appending(path: "huggingface")).appending(path: "hub")
        checkpoints = (named("TORCH_HOME") ?? caches.appending(path: "torch")).appending(path: "hub/checkpoints")
        clip = home.appending(path: ".cache/clip")
    }

    /// The model of a name: `org/repo`, `org/repo@revision`, `torchvision/resnet50`, `timm/resnet50.a1_in1k`, one of timm's
    /// without `timm/`, or a file's of PyTorch's cache without its ending (`resnet50-11ad3fa6`). Nil where it cannot be such.
    ///
    /// - Throws: `notInCache`, with what is there; `severalInCache`.
    func location(of text: String) throws(VisionModelsError) -> ModelLocation? {
        guard let name = Name(text) else { return nil }
        let (repositories, files) = (repositories(), files())
        if let revision = name.revision {
            if let found = repositories[name.path].flatMap({ snapshot($0, revision) }) {
                return ModelLocation(name: name.path + "@" + revision, folder: found)
            }
        } else {
            let found = name.found(among: repositories, files)
            guard found.count < 2 else { throw .severalInCache(model: text, found: found) }
            if let name = found.first {
                if let file = files[name] { return ModelLocation(file) }
                if let folder = repositories[name].flatMap({ snapshot($0, nil) }) {
                    return ModelLocation(name: name, folder: folder)
                }
            }
        }
        let all = Array(repositories.keys) + files.keys
        throw .notInCache(
            model: text, searched: [hub, checkpoints, clip].map(\.path),
            nearest: NearestNames.of(name.path, among: all))
    }

    /// The names of all that is there, in order.
    func names() -> [String] { (Array(repositories().keys) + files().keys).sorted() }

    // MARK: Hugging Face's

    /// Folders by `org/repo`.
    private func repositories() -> [String: URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: hub.path)) ?? []
        let models = names.filter { $0.hasPrefix("models--") }
        let places = models.map { folder -> (String, URL) in
            var name = String(folder.dropFirst(8))
            // The first of these stands for a slash.
            if let dashes = name.range(of: "--") { name.replaceSubrange(dashes, with: "/") }
            return (name, hub.appending(path: folder))
        }
        return Dictionary(places, uniquingKeysWith: { first, _ in first })
    }

    /// The snapshot of a branch or commit; of none, of `main`, or the only one.
    private func snapshot(_ repository: URL, _ revision: String?) -> URL? {
        let snapshots = repository.appending(path: "snapshots")
        let commit =
            (try? String(contentsOf: repository.appending(path: "refs/\(revision ?? "main")"), encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var candidates = [commit ?? revision ?? "main"]
        if revision == nil, commit == nil {
            let present = (try? FileManager.default.contentsOfDirectory(atPath: snapshots.path)) ?? []
            candidates += present.count == 1 ? present : []
        }
        return candidates.map { snapshots.appending(path: $0) }.first(where: ModelLocation.isFolder)
    }

    // MARK: PyTorch's

    /// Files by their names without endings.
    private func files() -> [String: URL] {
        var found: [String: URL] = [:]
        for folder in [checkpoints, clip] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
                let file = folder.appending(path: name)
                guard Self.endings.contains(file.pathExtension) else { continue }
                found[file.deletingPathExtension().lastPathComponent] = file
            }
        }
        return found
    }

    static let endings: Set = ["pth", "pt", "th", "bin", "safetensors"]
}

extension ModelCaches {
    /// A text that may be a model's name and no path.
    private struct Name {
        /// `timm/resnet50`, `resnet50`.
        var path: String
        var revision: String?

        init?(_ text: String) {
            var text = text
            for prefix in ["hf-hub:", "hf_hub:", "hf:"] where text.hasPrefix(prefix) { text.removeFirst(prefix.count) }
            for library in ["timm", "torchvision"] where text.hasPrefix(library + ":") {
                text = library + "/" + text.dropFirst(library.count + 1)
            }
            let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
            let isName = names.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && $0.utf8.allSatisfy(Self.isUsual) }
            let ending = URL(filePath: text).pathExtension
            guard isName, names.count < 3, names.count == 2 || !Self.filesOnly.contains(ending.lowercased()) else {
                return nil
            }
            path = parts[0]
            revision = parts.count > 1 ? parts[1] : nil
        }

        /// Endings of what is meant as a file.
        private static let filesOnly = endings.union(["ckpt", "json", "onnx", "gguf", "npz", "h5", "pkl"])

        /// Letters, digits, dots, dashes and underscores, as Hugging Face has them.
        private static func isUsual(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }

        /// Names of what is there and may be meant: one that is the very name, else all that have more behind it.
        func found(among repositories: [String: URL], _ files: [String: URL]) -> [String] {
            let parts = path.split(separator: "/").map(String.init)
            let (library, last) = (parts.count == 2 ? parts[0] : nil, parts[parts.count - 1])
            if repositories[path] != nil { return [path] }
            if library == nil || library == "torchvision" || library == "timm", files[last] != nil { return [last] }
            // timm names the training behind a dot; torchvision's files and timm's older ones have a part of their hash behind.
            let ofFiles = files.keys.filter {
                $0.hasPrefix(last + "-") && $0.dropFirst(last.count + 1) == NamedHash(stem: $0)?.digits ?? ""
            }
            let ofTimm = repositories.keys.filter { $0 == "timm/" + last || $0.hasPrefix("timm/" + last + ".") }
            switch library {
            case "torchvision": return ofFiles.sorted()
            case "timm": return (ofTimm.isEmpty ? ofFiles : ofTimm).sorted()
            case nil:
                let exact = repositories.keys.filter { $0.hasSuffix("/" + last) }
                return Set(exact + ofTimm + ofFiles).sorted()
            default: return []
            }
        }
    }
}
