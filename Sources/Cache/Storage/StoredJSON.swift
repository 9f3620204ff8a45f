import Foundation

/// Our own values as JSON text in the database: readable by people and by other tools, tolerant of added keys.
enum StoredJSON {
    /// Non-finite numbers become words: an accuracy over no image is NaN, and JSON has no word of its own for it.
    private static let nonFinite = (positive: "inf", negative: "-inf", nan: "nan")

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: nonFinite.positive, negativeInfinity: nonFinite.negative, nan: nonFinite.nan)
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Throws: `CacheError.damaged` naming `place` in `file` where the text is not the JSON of such a value.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, file: String, place: String
    ) throws(CacheError) -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: nonFinite.positive, negativeInfinity: nonFinite.negative, nan: nonFinite.nan)
        do {
            return try decoder.decode(type, from: Data(text.utf8))
        } catch {
            throw .damaged(file: file, place: place, expected: "JSON of \(type)", found: String(text.prefix(200)))
        }
    }
}
