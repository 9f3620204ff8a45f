import Analysis
import Foundation
import VisionModels

/// What helps to fill in the fields of a new study: what lies on the disk, and which models are in caches.
package enum StudyFields {
    /// What a field's text could go on as, and what is to be said of it as it is.
    package static func advice(on text: String, for field: StudyDraft.Field) -> FieldAdvice {
        let text = text.trimmingCharacters(in: .whitespaces)
        var found: [String] = []
        if field != .layer { found = paths(from: text, onlyFolders: field == .study) }
        if field == .model || field == .conceptSpace {
            let names = (["sample:target-vit", "sample:clip"] + ModelLocation.cachedNames()).filter {
                $0.hasPrefix(text)
            }
            found = names + found
        }
        let (note, isFault) = note(text, field)
        return FieldAdvice(completions: found, note: note, isFault: isFault)
    }

    /// Paths that begin with a text, folders with a slash behind; hidden ones where it asks for them.
    private static func paths(from text: String, onlyFolders: Bool) -> [String] {
        let cut = text.lastIndex(of: "/").map { text.index(after: $0) } ?? text.startIndex
        let (folder, start) = (String(text[..<cut]), String(text[cut...]))
        let place = homeExpanded(folder.isEmpty ? "." : folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        let fitting = names.filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted()
        return fitting.prefix(mostPaths).compactMap { name in
            var isFolder: ObjCBool = false
            let path = place + (place.hasSuffix("/") ? "" : "/") + name
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if onlyFolders, !isFolder.boolValue { return nil }
            return folder + name + (isFolder.boolValue ? "/" : "")
        }
    }

    private static let mostPaths = 200

    private static func note(_ text: String, _ field: StudyDraft.Field) -> (text: String, isFault: Bool) {
        let path = homeExpanded(text)
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        switch field {
        case .study:
            if text.isEmpty { return ("a folder to make", true) }
            if Study.isStudy(URL(filePath: path)) { return ("a study: it is opened", false) }
            if exists, !isFolder.boolValue { return ("a file, no folder", true) }
            return exists ? ("a folder that is there", false) : ("", false)
        case .layer: return text.isEmpty ? ("a hook point, as norm or layer4:mean", true) : ("", false)
        case .heldOutImages where text.isEmpty: return ("the same images", false)
        case .classes where text.isEmpty: return ("", false)
        case .probeImages, .heldOutImages, .concepts, .classes:
            // Several tars are written with braces.
            if text.contains("{") || text.hasPrefix(Resources.samplePrefix) { return ("", false) }
            return exists ? ("", false) : (text.isEmpty ? "none given" : "nothing there", true)
        case .model, .conceptSpace:
            // What is in no cache and not on the disk is taken for a folder that is not there.
            let found = try? ModelLocation.locate(path)
            let isThere =
                text.hasPrefix(Resources.samplePrefix)
                || found.map { FileManager.default.fileExists(atPath: $0.folder.path) } == true
            if text.isEmpty { return ("a folder, or a model's name", true) }
            return isThere ? ("", false) : ("nothing there, and in no cache", true)
        }
    }
}
