/// A value with a stored format of its own, which begins with the number of its version.
///
/// Where the version is another, nothing of it is read: `version 2, not 1`.
package protocol StoredFormat: Codable {
    static var version: Int { get }
}

extension StoredFormat {
    package static func check<Key>(
        versionIn values: KeyedDecodingContainer<Key>, _ key: Key
    ) throws {
        let found = try values.decode(Int.self, forKey: key)
        guard found == version else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: values, debugDescription: "version \(found), not \(version)")
        }
    }
}
