import Files
import Foundation

/// Which class each folder stands for, as a user writes it: a folder, a tab or comma, and the class's name or its number
/// from 0, line by line.
package struct ClassMap: Sendable, Hashable, Codable {
    package let file: String
    private let classes: [String: String]

    enum CodingKeys: String, CodingKey { case file, classes }

    package init(file: String, _ classes: [String: String]) { (self.file, self.classes) = (file, classes) }

    /// Reads a list of pairs. Where there is a tab, commas belong to the names; quotation marks around a name are not part of
    /// it.
    ///
    /// - Throws: `malformedList` with the line that is no pair, or gives a folder another class than before.
    package init(contentsOf url: URL) throws(VisionModelsError) {
        let list = try readingFiles { () throws(FileError) in try TextList(url) }
        var classes: [String: String] = [:]
        for entry in list.entries {
            guard let (folder, name) = Self.pair(entry.text[...]) else {
                throw .file(list.fault(entry, expected: "a folder, a tab or comma, and a class"))
            }
            guard classes[folder] == nil || classes[folder] == name else {
                throw .file(list.fault(entry, expected: "one class for \(folder)"))
            }
            classes[folder] = name
        }
        self.init(file: url.path, classes)
    }

    /// The class's name as the user wrote it; nil where the map does not tell.
    subscript(folder: String) -> String? { classes[folder] }

    private static func pair(_ line: Substring) -> (folder: String, name: String)? {
        let separator: Character = line.contains("\t") ? "\t" : ","
        // A comma inside quotation marks is the folder's.
        var isQuoted = false
        let place = line.indices.first { index in
            if line[index] == "\"" { isQuoted.toggle() }
            return line[index] == separator && !isQuoted
        }
        guard let place else { return nil }
        let pair = [line[..<place], line[line.index(after: place)...]].map(unquoted)
        return pair.contains("") ? nil : (pair[0], pair[1])
    }

    private static func unquoted(_ text: Substring) -> String {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}
