import Foundation

/// What `docs/json.md` says of one document: its keys with their types, and which may be left out.
struct DocumentedKeys: Sendable {
    /// `units[].does` and the like, with a type: `string`, `integer`, `number` or `boolean` of leaves, `array` or `object`.
    private(set) var types: [String: String] = [:]
    /// Those that may be left out.
    private(set) var optional: Set<String> = []
    /// The JSON below the table.
    private(set) var example = ""

    /// The sections of the page by their headings; one that names two commands stands under both.
    static func sections(of page: String) -> [String: DocumentedKeys] {
        var sections: [String: DocumentedKeys] = [:]
        for part in ("\n" + page).components(separatedBy: "\n## ").dropFirst() {
            let lines = part.components(separatedBy: "\n")
            var keys = DocumentedKeys()
            for line in lines where line.hasPrefix("| `") {
                let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                    .map { $0.trimmingCharacters(in: .whitespaces) }
                for key in expanded(cells[1].trimmingCharacters(in: ["`"])) { keys.add(key, type: cells[2]) }
            }
            if let begin = lines.firstIndex(of: "```json"), let end = lines[(begin + 1)...].firstIndex(of: "```") {
                keys.example = lines[(begin + 1)..<end].joined(separator: "\n")
            }
            for name in lines[0].components(separatedBy: ", ") { sections[name] = keys }
        }
        return sections
    }

    /// `{a,b}.c` as `a.c` and `b.c`.
    private static func expanded(_ key: String) -> [String] {
        guard let open = key.firstIndex(of: "{"), let close = key[open...].firstIndex(of: "}") else { return [key] }
        let (before, after) = (String(key[..<open]), String(key[key.index(after: close)...]))
        return key[key.index(after: open)..<close].split(separator: ",").flatMap { expanded(before + $0 + after) }
    }

    private mutating func add(_ key: String, type: String) {
        var path = ""
        let parts = key.split(separator: ".").map(String.init)
        for (position, part) in parts.enumerated() {
            let isOptional = part.contains("?")
            let name = part.replacing("?", with: "")
            let isList = name.hasSuffix("[]")
            path += (path.isEmpty ? "" : ".") + (isList ? String(name.dropLast(2)) : name)
            if isOptional { optional.insert(path) }
            if isList {
                types[path] = "array"
                path += "[]"
            }
            types[path] = position == parts.count - 1 ? type : "object"
        }
    }

    /// The keys below a container.
    func children(of path: String) -> [String] {
        types.keys.filter { key in
            !key.hasSuffix("[]") && key.hasPrefix(path.isEmpty ? "" : path + ".")
                && !key.dropFirst(path.isEmpty ? 0 : path.count + 1).contains(".")
        }
    }
}

/// The keys that documents of one kind really have.
struct FoundKeys {
    /// Each key's types; a whole number is an `integer` and may be a `number`.
    private(set) var types: [String: Set<String>] = [:]
    /// The keys of every object found at a place.
    private(set) var objects: [String: [Set<String>]] = [:]

    /// - Parameter wildcards: places whose keys are names from elsewhere.
    mutating func add(_ value: Any, at path: String = "", wildcards: Set<String>) {
        switch value {
        case let members as [String: Any]:
            types[path, default: []].insert("object")
            objects[path, default: []].append(Set(members.keys))
            for (key, member) in members {
                let name = wildcards.contains(path) ? "*" : key
                add(member, at: path.isEmpty ? name : "\(path).\(name)", wildcards: wildcards)
            }
        case let elements as [Any]:
            types[path, default: []].insert("array")
            for element in elements { add(element, at: path + "[]", wildcards: wildcards) }
        case let number as NSNumber where isBoolean(number): types[path, default: []].insert("boolean")
        case let number as NSNumber:
            types[path, default: []].insert(number.doubleValue == number.doubleValue.rounded() ? "integer" : "number")
        case is String: types[path, default: []].insert("string")
        default: types[path, default: []].insert("null")
        }
    }

    private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}

extension DocumentedKeys {
    private var wildcards: Set<String> {
        Set(types.keys.filter { $0.hasSuffix(".*") }.map { String($0.dropLast(2)) })
    }

    /// What the page and the documents do not agree on, a line each.
    ///
    /// - Parameter whole: whether every documented key must be seen in one of the documents at least, and no key be missing
    ///   that is not optional.
    func disagreements(with documents: [Any], whole: Bool = true) -> [String] {
        var found = FoundKeys()
        for document in documents { found.add(document, wildcards: wildcards) }
        var lines: [String] = []
        for (key, seen) in found.types.sorted(by: { $0.key < $1.key }) where !key.isEmpty {
            guard let type = types[key] else {
                lines.append("\(key) is not documented")
                continue
            }
            let allowed: Set = type == "number" ? ["number", "integer"] : [type]
            if !seen.isSubset(of: allowed) { lines.append("\(key) is \(seen.sorted()), documented as \(type)") }
        }
        guard whole else { return lines }
        for key in types.keys.sorted() where found.types[key] == nil { lines.append("\(key) is never there") }
        for (path, objects) in found.objects where !wildcards.contains(path) {
            for key in children(of: path) {
                let name = String(key.dropFirst(path.isEmpty ? 0 : path.count + 1))
                let lacking = objects.count { !$0.contains(name) }
                if lacking > 0, !optional.contains(key) { lines.append("\(key) is left out, and not marked") }
                if lacking == 0, optional.contains(key) { lines.append("\(key) is marked, and never left out") }
            }
        }
        return lines.sorted()
    }
}
