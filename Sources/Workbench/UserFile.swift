import Foundation

/// Files that a user asked for: whole or not there at all.
package enum UserFile {
    package static func write(_ text: String, to url: URL) throws(WorkbenchError) {
        try write(Data(text.utf8), to: url)
    }

    package static func write(_ bytes: Data, to url: URL) throws(WorkbenchError) {
        do {
            try bytes.write(to: url, options: .atomic)
        } catch {
            throw .unwritable(file: url.path, reason: (error as NSError).localizedDescription)
        }
    }

    /// Writes `text` to the first name that is free in `directory`: `NAME.json`, `NAME-2.json`… Its path.
    static func writeNew(
        _ text: String, _ stem: String, _ fileExtension: String, into directory: URL
    ) throws(WorkbenchError) -> URL {
        var number = 1
        var url = directory.appending(path: "\(stem).\(fileExtension)")
        while FileManager.default.fileExists(atPath: url.path) {
            number += 1
            url = directory.appending(path: "\(stem)-\(number).\(fileExtension)")
        }
        try write(text, to: url)
        return url
    }
}
