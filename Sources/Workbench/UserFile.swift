import Files
import Foundation

/// Files that a user asked for: whole or not there at all.
package enum UserFile {
    package static func write(_ text: String, to url: URL) throws(FileError) {
        try OutputPlace(url).write([UInt8](text.utf8))
    }

    package static func write(_ bytes: Data, to url: URL) throws(FileError) {
        try OutputPlace(url).write([UInt8](bytes))
    }

    /// Writes `text` to the first name that is free in `directory`: `NAME.json`, `NAME-2.json`… Its path. A name that begins
    /// with `/` or `~/` is a path of its own.
    static func writeNew(
        _ text: String, _ stem: String, _ fileExtension: String, into directory: URL
    ) throws(FileError) -> URL {
        let path = NSString(string: stem).expandingTildeInPath
        func place(_ suffix: String) -> URL {
            let name = "\(path)\(suffix).\(fileExtension)"
            return path.hasPrefix("/") ? URL(filePath: name) : directory.appending(path: name)
        }
        var number = 1
        var url = place("")
        while FileManager.default.fileExists(atPath: url.path) {
            number += 1
            url = place("-\(number)")
        }
        try write(text, to: url)
        return url
    }
}
