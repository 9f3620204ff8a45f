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

    init(name: String, folder: URL) {
        (self.name, self.folder, namedWeights) = (name, folder, nil)
    }

    static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    // MARK: Caches

    /// What `text` names: a path that exists; else a model in a cache of Hugging Face's or PyTorch's (`ModelCaches`).
    ///
    /// - Parameter environment: says where the caches are.
    /// - Throws: `notInCache` with the folders that were searched, where it may be a name.
    package static func locate(
        _ text: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(VisionModelsError) -> ModelLocation {
        let path = URL(filePath: text)
        guard !FileManager.default.fileExists(atPath: path.path) else { return ModelLocation(path) }
        return try ModelCaches(environment).location(of: text) ?? ModelLocation(path)
    }

    /// Names of models in caches of Hugging Face's or PyTorch's, in order.
    package static func cachedNames(environment: [String: String] = ProcessInfo.processInfo.environment) -> [String] {
        ModelCaches(environment).names()
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
