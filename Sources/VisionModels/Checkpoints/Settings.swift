import Digests
import Files
import Foundation

/// The keys of a JSON file (config.json, preprocessor_config.json), read with their defaults; an error names file and key.
struct Settings: Sendable {
    let file: String
    /// Of the whole file's bytes.
    let digest: Digest
    /// Where in the file these keys stand: empty at the top, `vision_config.` inside.
    private let prefix: String
    private let members: [String: JSON]
    /// Whether the shapes of tensors say so, and not a config.json of transformers.
    let isFromTensors: Bool

    init(_ url: URL) throws(VisionModelsError) {
        let (mapped, members) = try readingFiles { () throws(FileError) in
            let mapped = try MappedFile(url)
            return (mapped, try JSON.members(of: mapped))
        }
        file = mapped.path
        digest = Digest(of: mapped.bytes)
        prefix = ""
        self.members = members
        isFromTensors = false
    }

    /// Keys that stand in no file as they are, but were found in `file`.
    init(file: String, _ members: [String: JSON]) {
        self.file = file
        digest = Digest(combining: [JSON.object(members).canonical])
        prefix = ""
        self.members = members
        isFromTensors = true
    }

    private init(_ outer: Settings, _ key: String, _ members: [String: JSON]) {
        file = outer.file
        digest = outer.digest
        prefix = outer.prefix + key + "."
        self.members = members
        isFromTensors = outer.isFromTensors
    }

    private init(_ settings: Settings, members: [String: JSON]) {
        (file, digest, prefix) = (settings.file, settings.digest, settings.prefix)
        (isFromTensors, self.members) = (settings.isFromTensors, members)
    }

    /// The same with keys that change no number a model gives: its digest stays.
    func adding(_ members: [String: JSON]) -> Settings {
        Settings(self, members: self.members.merging(members) { $1 })
    }

    var all: [String: JSON] { members }

    /// An error that names `key`.
    func unsuitable(_ key: String, expected: String) -> VisionModelsError {
        .unsuitableSetting(
            file: file, key: prefix + key, expected: expected, found: members[key]?.summary ?? "nothing")
    }

    /// The value at `key`; nil where there is none or it is null.
    subscript(key: String) -> JSON? { members[key] == .null ? nil : members[key] }

    var keyCount: Int { members.count }

    /// The keys inside the object at `key`; none where there is no such key.
    func section(_ key: String) throws(VisionModelsError) -> Settings {
        switch self[key] {
        case nil: return Settings(self, key, [:])
        case .object(let members): return Settings(self, key, members)
        default: throw unsuitable(key, expected: "an object")
        }
    }

    /// A count between 1 and `most`, by default 2^24: large enough for any model and small enough for safe arithmetic.
    func count(_ key: String, default standard: Int, most: Int = 1 << 24) throws(VisionModelsError) -> Int {
        guard let value = self[key] else { return standard }
        guard let count = value.integer, count > 0 else {
            throw unsuitable(key, expected: "a positive whole number")
        }
        guard count <= most else { throw unsuitable(key, expected: "at most \(most)") }
        return count
    }

    /// A list of counts, not empty.
    func counts(_ key: String, default standard: [Int]) throws(VisionModelsError) -> [Int] {
        guard let value = self[key] else { return standard }
        guard case .array(let elements) = value, !elements.isEmpty, elements.count <= 1 << 12 else {
            throw unsuitable(key, expected: "a list of positive whole numbers")
        }
        let counts = elements.compactMap(\.integer).filter { $0 > 0 && $0 <= 1 << 24 }
        guard counts.count == elements.count else {
            throw unsuitable(key, expected: "a list of positive whole numbers")
        }
        return counts
    }

    /// The longest side of an image a model takes: no tensor need tell how large it is before memory is taken for it.
    private static let longestSide = 1 << 14

    /// A size that is one number for both sides, a list of height and width, or an object with those keys.
    func size(_ key: String, default standard: Int) throws(VisionModelsError) -> (height: Int, width: Int) {
        switch self[key] {
        case .array(let sides):
            guard sides.count == 2, let height = sides[0].integer, let width = sides[1].integer,
                (1...Self.longestSide).contains(height), (1...Self.longestSide).contains(width)
            else { throw unsuitable(key, expected: "height and width, at most \(Self.longestSide)") }
            return (height, width)
        case .object:
            let sides = try section(key)
            return (
                try sides.count("height", default: standard, most: Self.longestSide),
                try sides.count("width", default: standard, most: Self.longestSide)
            )
        default:
            let side = try count(key, default: standard, most: Self.longestSide)
            return (side, side)
        }
    }

    func integer(_ key: String, default standard: Int) throws(VisionModelsError) -> Int {
        guard let value = self[key] else { return standard }
        guard let integer = value.integer else { throw unsuitable(key, expected: "a whole number") }
        return integer
    }

    func float(_ key: String, default standard: Float) throws(VisionModelsError) -> Float {
        guard let value = self[key] else { return standard }
        guard let float = value.float else { throw unsuitable(key, expected: "a number") }
        return float
    }

    func flag(_ key: String, default standard: Bool) throws(VisionModelsError) -> Bool {
        guard let value = self[key] else { return standard }
        guard case .boolean(let flag) = value else { throw unsuitable(key, expected: "true or false") }
        return flag
    }

    func floats(_ key: String) throws(VisionModelsError) -> [Float]? {
        guard let value = self[key] else { return nil }
        guard case .array(let elements) = value else { throw unsuitable(key, expected: "a list of numbers") }
        let floats = elements.compactMap(\.float)
        guard floats.count == elements.count else { throw unsuitable(key, expected: "a list of numbers") }
        return floats
    }

    /// One of the names of `Choice`.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, default standard: Choice
    ) throws(VisionModelsError) -> Choice {
        guard let value = self[key] else { return standard }
        guard case .string(let name) = value, let choice = Choice(rawValue: name) else {
            throw unsuitable(key, expected: Choice.allCases.map(\.rawValue).joined(separator: " or "))
        }
        return choice
    }
}
