import Foundation

/// Where a model's files lie: what a user's text names.
package struct ModelLocation: Sendable, Hashable {
    /// For people: the folder's, the file's, or `org/repo`.
    package let name: String
    /// The folder of the configuration, the preprocessing and the tokenizer.
    package let folder: URL
    /// The weights, where the user named a file.
    let namedWeights: URL?

    /// A folder, a safetensors file or the index of several.
    package init(_ url: URL) {
        let isFolder = url.hasDirectoryPath || Self.isFolder(url)
        // What is not there is taken for a folder, unless its name says otherwise: errors name it either way.
        let isFile =
            !isFolder
            && (FileManager.default.fileExists(atPath: url.path) || url.pathExtension == "safetensors"
                || url.path.hasSuffix(ShardIndex.suffix))
        folder = isFile ? url.deletingLastPathComponent() : url
        namedWeights = isFile ? url : nil
        name = isFile ? String(url.lastPathComponent.prefix { $0 != "." }) : url.lastPathComponent
    }

    private init(name: String, folder: URL) {
        (self.name, self.folder, namedWeights) = (name, folder, nil)
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    // MARK: Hugging Face's cache

    /// What `text` names: a path that exists; else `org/repo` or `org/repo@revision` in Hugging Face's cache. Nothing is ever
    /// downloaded.
    ///
    /// - Parameter environment: says where the cache is: `HF_HUB_CACHE`, else `HF_HOME/hub`, else
    ///   `~/.cache/huggingface/hub`.
    /// - Throws: `notInCache` with the folder that was searched.
    package static func locate(
        _ text: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(VisionModelsError) -> ModelLocation {
        let path = URL(filePath: text)
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard !FileManager.default.fileExists(atPath: path.path), isRepository(parts[0]) else {
            return ModelLocation(path)
        }
        let cache = cache(environment)
        let repository = cache.appending(path: "models--" + parts[0].replacing("/", with: "--"))
        let snapshots = repository.appending(path: "snapshots")
        let revision = parts.count > 1 ? parts[1] : "main"
        let reference = repository.appending(path: "refs/\(revision)")
        let commit = (try? String(contentsOf: reference, encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var candidates = [commit ?? revision]
        if parts.count == 1, commit == nil {
            // Without a branch of that name, a single snapshot is meant.
            let present = (try? FileManager.default.contentsOfDirectory(atPath: snapshots.path)) ?? []
            candidates += present.count == 1 ? present : []
        }
        for candidate in candidates where isFolder(snapshots.appending(path: candidate)) {
            return ModelLocation(name: text, folder: snapshots.appending(path: candidate))
        }
        throw .notInCache(model: text, cache: cache.path)
    }

    /// `org/repo`: two names of letters, digits, dots, dashes and underscores, as Hugging Face has them.
    private static func isRepository(_ text: String) -> Bool {
        let names = text.split(separator: "/", omittingEmptySubsequences: false)
        return names.count == 2
            && names.allSatisfy { name in
                !name.isEmpty && !name.hasPrefix(".")
                    && name.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                        default: false
                        }
                    }
            }
    }

    static func cache(_ environment: [String: String]) -> URL {
        func folder(_ key: String) -> URL? {
            environment[key].flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory) }
        }
        if let cache = folder("HF_HUB_CACHE") { return cache }
        if let home = folder("HF_HOME") { return home.appending(path: "hub") }
        let caches = folder("XDG_CACHE_HOME")
        let home = folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser
        return (caches ?? home.appending(path: ".cache")).appending(path: "huggingface/hub")
    }

    // MARK: Files

    /// Names under which weights are published, those with a configuration of transformers' first.
    static let weightNames = [
        "model.safetensors", "model" + ShardIndex.suffix, "open_clip_model.safetensors",
        "open_clip_pytorch_model.safetensors",
    ]

    /// The named file, or the first of the usual ones that is in the folder. One with another name will do where it is alone.
    func weights() throws(VisionModelsError) -> URL {
        if let namedWeights {
            if let foreign = ForeignModel(file: namedWeights) {
                throw .unsupportedModel(file: namedWeights.path, kind: foreign.name)
            }
            let isNamedSo = namedWeights.pathExtension == "safetensors"
            if !isNamedSo, let pickle = PickledCheckpoint(file: namedWeights), pickle.fault != nil {
                throw .pickledCheckpoint(pickle)
            }
            return namedWeights
        }
        for name in Self.weightNames where contains(name) { return folder.appending(path: name) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let others = names.filter { $0.hasSuffix(".safetensors") }
        if others.count == 1 { return folder.appending(path: others[0]) }
        guard Self.isFolder(folder) else { throw .unreadable(file: folder.path, code: ENOENT) }
        guard others.isEmpty else { throw .severalCheckpoints(folder: folder.path, found: others.sorted()) }
        if let pickle = PickledCheckpoint(inFolder: folder) {
            guard pickle.fault == nil else { throw .pickledCheckpoint(pickle) }
            return URL(filePath: pickle.files[0])
        }
        if let (file, foreign) = ForeignModel.first(inFolder: folder) {
            throw .unsupportedModel(file: file.path, kind: foreign.name)
        }
        throw .missingFile(folder: folder.path, kind: .weights, searched: Self.weightNames)
    }

    func contains(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: name).path)
    }
}
