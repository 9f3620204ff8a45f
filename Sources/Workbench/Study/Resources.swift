import Foundation
import VisionModels

/// The files that come with the program, wherever it finds them.
package enum Resources {
    /// A path in a study that begins so lies in the sample data, so that a moved clone keeps its study.
    static let samplePrefix = "sample:"

    /// A folder of the program: below `$MICLIP_RESOURCES`; else in `share/miclip` of an installation; else beside or above
    /// the executable or the working folder.
    ///
    /// - Parameters:
    ///   - name: `SampleData` or `Themes`.
    ///   - landmark: a file in it, so that another folder of that name is not taken for it.
    package static func folder(_ name: String, landmark: String) throws(WorkbenchError) -> URL {
        let files = FileManager.default
        var roots: [URL] = []
        if let named = ProcessInfo.processInfo.environment["MICLIP_RESOURCES"], !named.isEmpty {
            roots.append(URL(filePath: named))
        } else {
            let executable =
                (try? files.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
            var folder = URL(filePath: executable).deletingLastPathComponent()
            roots.append(folder.appending(path: "../share/miclip").standardizedFileURL)
            while folder.path != "/" {
                roots.append(folder)
                folder.deleteLastPathComponent()
            }
            roots.append(URL(filePath: files.currentDirectoryPath))
        }
        let candidates = roots.map { $0.appending(path: name) }
        for candidate in candidates where files.fileExists(atPath: candidate.appending(path: landmark).path) {
            return candidate
        }
        throw .missingResources(name, searched: candidates.map(\.path))
    }

    /// The file a study's path names.
    package static func resolve(_ path: String) throws(WorkbenchError) -> URL {
        guard path.hasPrefix(samplePrefix) else { return URL(filePath: path) }
        let samples = try folder("SampleData", landmark: "concepts.txt")
        return samples.appending(path: String(path.dropFirst(samplePrefix.count)))
    }

    /// The model a study's path names: besides, one in a cache of Hugging Face's or PyTorch's.
    static func locateModel(_ path: String) throws -> ModelLocation {
        path.hasPrefix(samplePrefix) ? ModelLocation(try resolve(path)) : try ModelLocation.locate(path)
    }

    /// Where the bundled study is kept: `$XDG_DATA_HOME/miclip`, by default `~/.local/share/miclip`.
    static var bundledStudy: URL {
        let environment = ProcessInfo.processInfo.environment
        let home = environment["HOME"].map { URL(filePath: $0) } ?? FileManager.default.homeDirectoryForCurrentUser
        let data = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
        return (data ?? home.appending(path: ".local/share")).appending(path: "miclip/fashion-mnist.study")
    }
}

extension StudyPlan {
    /// The bundled study: a small ViT on Fashion-MNIST, aligned on training images, counted on the test split.
    package static let bundled = StudyPlan(
        target: TargetPlan(model: "sample:target-vit", layers: ["norm"]), conceptSpace: "sample:clip",
        probeImages: "sample:fashion-mnist/train10k-images-idx3-ubyte.gz",
        heldOutImages: "sample:fashion-mnist/t10k-images-idx3-ubyte.gz", concepts: "sample:concepts.txt")
}
