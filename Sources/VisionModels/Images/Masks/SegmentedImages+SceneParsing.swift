import Files
import Foundation

extension SegmentedImages {
    /// ADE20K as its scene parsing challenge has it (ADEChallengeData2016): pictures in `images`, masks of the same names as
    /// grey PNG files in `annotations`, both perhaps in `training` and `validation`; a pixel is 0 or a line of
    /// `objectInfo150.txt`. Where `sceneCategories.txt` is there, a picture has its scene too.
    init(sceneParsing folder: URL) throws(VisionModelsError) {
        let objects = folder.appending(path: "objectInfo150.txt")
        let lines = try readingFiles { () throws(FileError) in try TextList(objects) }
        var names: [Int: String] = [:]
        for entry in lines.entries {
            let cells = entry.text.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
            if names.isEmpty, cells.first == "Idx" { continue }
            guard cells.count >= 2, let number = Int(cells[0]), (1...255).contains(number) else {
                throw .file(lines.fault(entry, expected: "a number, its figures and a name, parted by tabs"))
            }
            names[number] = cells[cells.count - 1]
        }
        let scenes = try Self.scenes(in: folder.appending(path: "sceneCategories.txt"))
        let all = Set(scenes.values).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset + 1) })
        var (images, entries) = ([URL](), [Entry]())
        let roots = (folder.appending(path: "images"), folder.appending(path: "annotations"))
        for place in try ImageFiles.names(below: roots.0) {
            let stem = (place as NSString).deletingPathExtension
            let mask = roots.1.appending(path: stem + ".png")
            guard FileManager.default.fileExists(atPath: mask.path) else { continue }
            var entry = Entry(masks: [(0, mask.path)])
            if let scene = scenes[(stem as NSString).lastPathComponent], let number = numbers[scene] {
                entry.whole.append((1, number))
            }
            images.append(roots.0.appending(path: place))
            entries.append(entry)
        }
        guard !images.isEmpty else { throw .noMasks(path: folder.path) }
        let sceneNames = Dictionary(uniqueKeysWithValues: numbers.map { ($0.value, $0.key) })
        try self.init(
            folder: folder, images: images, categories: ["object", "scene"], names: [names, sceneNames], in: objects,
            entries: entries)
    }

    /// The scene of each picture, by its name without ending; none where there is no such file.
    private static func scenes(in file: URL) throws(VisionModelsError) -> [String: String] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [:] }
        let lines = try readingFiles { () throws(FileError) in try TextList(file) }
        var scenes: [String: String] = [:]
        for entry in lines.entries {
            let cells = entry.text.split(whereSeparator: \.isWhitespace)
            guard cells.count == 2 else { throw .file(lines.fault(entry, expected: "a picture's name and its scene")) }
            scenes[String(cells[0])] = String(cells[1])
        }
        return scenes
    }
}

extension ImageFiles {
    /// Paths of the images in a folder and below it, relative to it, in order.
    fileprivate static func names(below folder: URL) throws(VisionModelsError) -> [String] {
        let files = try ImageFiles(folder: folder)
        return (0..<files.count).map { files.name(of: $0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
