import Yams

/// What is wrong with a theme file, and where.
package struct ThemeError: Error, Sendable, Hashable {
    package enum Fault: Sendable, Hashable {
        /// Not YAML; the parser's own words.
        case syntax(String)
        /// Not a list of `role: colour`.
        case notAMapping
        case unknownKey
        case missingKey
        case repeatedKey
        /// Neither `#rrggbb` nor `default`.
        case notAColor(found: String)
        case noName
        /// Another file of the folder has a theme of that name.
        case takenName(String, by: String)
    }

    package var file: String
    /// Counted from 1; nil where the fault has no place (a missing key).
    package var line: Int?
    package var key: String?
    package var fault: Fault

    package init(file: String, line: Int? = nil, key: String? = nil, fault: Fault) {
        self.file = file
        self.line = line
        self.key = key
        self.fault = fault
    }
}

extension Theme {
    /// Reads a theme from the text of a YAML file.
    ///
    /// - Parameter file: The file's name, for the error.
    /// - Throws: `ThemeError` at the first fault.
    package init(yaml text: String, file: String) throws(ThemeError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ThemeError(file: file, yamlError: error)
        }
        guard case .mapping(let mapping)? = node else { throw ThemeError(file: file, line: 1, fault: .notAMapping) }
        var (name, colors) = (String?.none, [Role: RGB?]())
        for (keyNode, value) in mapping {
            let line = keyNode.mark?.line
            guard let key = keyNode.scalar?.string else {
                throw ThemeError(file: file, line: line, fault: .notAMapping)
            }
            let found = value.scalar?.string ?? "a list"
            if key == "name" {
                guard !found.trimmed.isEmpty else {
                    throw ThemeError(file: file, line: line, key: key, fault: .noName)
                }
                name = found
                continue
            }
            guard let role = Role(rawValue: key) else {
                throw ThemeError(file: file, line: line, key: key, fault: .unknownKey)
            }
            if found == "default" {
                colors[role] = .some(nil)
            } else if let color = RGB(hex: found) {
                colors[role] = color
            } else {
                throw ThemeError(file: file, line: value.mark?.line ?? line, key: key, fault: .notAColor(found: found))
            }
        }
        guard let name else { throw ThemeError(file: file, key: "name", fault: .missingKey) }
        if let missing = Role.allCases.first(where: { colors[$0] == nil }) {
            throw ThemeError(file: file, key: missing.rawValue, fault: .missingKey)
        }
        self.init(name: name, colors: colors)
    }
}

extension ThemeError {
    fileprivate init(file: String, yamlError: any Error) {
        switch yamlError as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(file: file, line: mark.line, fault: .syntax(problem))
        case .reader(let problem, _, _, _): self.init(file: file, fault: .syntax(problem))
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(file: file, line: context.mark.line, key: duplicates.first, fault: .repeatedKey)
        default:
            self.init(file: file, fault: .syntax("\(yamlError)"))
        }
    }
}
