import Files
import Foundation

/// A checkpoint in PyTorch's own format. Python runs what is in one; here only its tensors are read, and nothing is run.
/// What cannot be read so is told apart, so that people can be told how to save it as safetensors.
package struct PickledCheckpoint: Sendable, Hashable {
    /// One, or the parts of one.
    package let files: [String]
    /// Whether it is TorchScript, which another function of PyTorch's loads; OpenAI's CLIPs are.
    package let isScript: Bool
    /// Why its tensors cannot be read here; nil where they can.
    package let fault: PickleFault?

    private static let endings: Set = ["pt", "pth", "bin", "ckpt", "pkl", "pickle"]
    private static let usualNames = ["pytorch_model.bin", "open_clip_pytorch_model.bin", "model.pt", "model.pth"]

    /// Nil for a file that is none.
    init?(file: URL) {
        guard let bytes = try? MappedFile(file) else { return nil }
        let kind = bytes.withBytes(Self.kind)
        guard kind != nil || Self.endings.contains(file.pathExtension.lowercased()) else { return nil }
        files = [file.path]
        isScript = kind == .script
        fault = bytes.withBytes { bytes in
            do throws(PickleFault) {
                _ = try PickledTensors(bytes)
                return nil
            } catch { return error }
        }
    }

    /// The one of the usual name, else the parts of one, else the first. Nil where a folder has none.
    init?(inFolder folder: URL) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        let pickles = names.filter { Self.endings.contains(URL(filePath: $0).pathExtension.lowercased()) }
        // Settings of a trainer and the like are no weights.
        let parts = pickles.filter { $0.contains("-of-") }
        let found =
            Self.usualNames.first(where: pickles.contains).map { [$0] }
            ?? (parts.isEmpty ? pickles.prefix(1) : parts[...])
        guard let first = found.first else { return nil }
        let whole = PickledCheckpoint(file: folder.appending(path: first))
        isScript = whole?.isScript ?? false
        fault = found.count == 1 ? whole?.fault : .archive(expected: "one file, found \(found.count)")
        files = found.map { folder.appending(path: $0).path }
    }

    private enum Kind { case bare, archive, script }

    /// A pickle begins with byte 0x80 and its protocol. Newer files are ZIP archives, whose list of parts is at the end.
    private static func kind(_ bytes: UnsafeRawBufferPointer) -> Kind? {
        if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) { return .bare }
        guard bytes.starts(with: [0x50, 0x4B, 3, 4]) else { return nil }
        let list = Data(bytes[max(0, bytes.count - 1 << 20)...])
        func has(_ name: String) -> Bool { list.range(of: Data(name.utf8)) != nil }
        guard has("/data.pkl") else { return nil }
        return has("/constants.pkl") && has("/code/") ? .script : .archive
    }
}
