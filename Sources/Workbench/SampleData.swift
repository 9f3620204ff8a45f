import Foundation

/// The bundled models, images and concepts, wherever the program finds them.
public enum SampleData {
    /// A path in a study that begins so lies in the sample data, so that a moved clone keeps its study.
    static let prefix = "sample:"

    /// The folder: `$MICLIP_SAMPLE_DATA`; else `share/miclip/SampleData` of an installation; else `SampleData` beside
    /// or above the executable or the working folder.
    public static func folder() throws(WorkbenchError) -> URL {
        let files = FileManager.default
        var candidates: [URL] = []
        if let named = ProcessInfo.processInfo.environment["MICLIP_SAMPLE_DATA"], !named.isEmpty {
            candidates.append(URL(filePath: named))
        } else {
            let executable = (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
            var folder = URL(filePath: executable).deletingLastPathComponent()
            candidates.append(folder.appending(path: "../share/miclip/SampleData").standardizedFileURL)
            while folder.path != "/" {
                candidates.append(folder.appending(path: "SampleData"))
                folder.deleteLastPathComponent()
            }
            candidates.append(URL(filePath: files.currentDirectoryPath).appending(path: "SampleData"))
        }
        for candidate in candidates where files.fileExists(atPath: candidate.appending(path: "concepts.txt").path) {
            return candidate
        }
        throw .missingSampleData(searched: candidates.map(\.path))
    }

    /// The file a study's path names.
    static func resolve(_ path: String) throws(WorkbenchError) -> URL {
        guard path.hasPrefix(prefix) else { return URL(filePath: path) }
        return try folder().appending(path: String(path.dropFirst(prefix.count)))
    }

    /// Where the bundled study is kept: `$XDG_DATA_HOME/miclip`, by default `~/.local/share/miclip`.
    public static var studyFolder: URL {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
        return (data ?? home.appending(path: ".local/share")).appending(path: "miclip/fashion-mnist.study")
    }

    /// The bundled study: a small ViT on Fashion-MNIST, aligned on training images, counted on the test split.
    public static let configuration = StudyPlan(
        model: "sample:target-vit", conceptSpace: "sample:clip", layer: "norm", pooling: "cls",
        probeImages: "sample:fashion-mnist/train10k-images-idx3-ubyte.gz",
        heldOutImages: "sample:fashion-mnist/t10k-images-idx3-ubyte.gz", concepts: "sample:concepts.txt")
}
