import Files
import Foundation

/// What `NAME.safetensors.index.json` says: `{"weight_map": {tensor: file}}`, the files beside it.
struct ShardIndex {
    static let suffix = ".safetensors.index.json"

    let file: String
    let folder: URL
    /// The file of each tensor.
    let shard: [String: String]
    /// In alphabetical order, each once.
    var shards: [String] { Set(shard.values).sorted() }

    /// Those of `shards` that are not there.
    var absentShards: [String] {
        shards.filter { !FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
    }

    init(_ url: URL) throws(VisionModelsError) {
        let (mapped, members) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(url)
            return (mapped, try JSON.members(of: mapped))
        }
        file = mapped.path
        folder = url.deletingLastPathComponent()
        guard case .object(let map)? = members["weight_map"], !map.isEmpty else {
            throw .malformedIndex(file: mapped.path, .noWeightMap)
        }
        var shard: [String: String] = [:]
        for (tensor, value) in map {
            // Only files beside the index: it must not lead elsewhere.
            guard case .string(let name) = value, name.hasSuffix(".safetensors"),
                !name.utf8.contains(UInt8(ascii: "/")),
                !name.utf8.contains(0)
            else {
                throw .malformedIndex(file: mapped.path, .notAFile(tensor: tensor, found: value.summary))
            }
            shard[tensor] = name
        }
        self.shard = shard
    }
}
