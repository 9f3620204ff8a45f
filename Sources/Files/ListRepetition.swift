import Synchronization

/// What stands in a list more than once, and what is made of it: nothing stops, but whoever wrote the list should know.
package struct ListRepetition: Sendable, Hashable {
    /// What repeated entries count as.
    package enum Meaning: Sendable, Hashable {
        /// As one: concepts.
        case one
        /// As one class: those of a CLIP.
        case oneClass
        /// As classes of their own, each with its index: those of a classifier.
        case ownClasses
        /// As often as they stand there: prompt templates.
        case each
    }

    package let file: String
    package let meaning: Meaning
    package let entries: [Entry]

    package struct Entry: Sendable, Hashable {
        package let text: String
        /// Counted from 1.
        package let lines: [Int]
    }

    private static let listener = Mutex<(@Sendable (ListRepetition) -> Void)?>(nil)
    private static let told = Mutex<Set<ListRepetition>>([])

    /// From now on, `body` is told of the repetitions in every list that is read, each once.
    package static func listen(_ body: @escaping @Sendable (ListRepetition) -> Void) { listener.withLock { $0 = body } }

    fileprivate func tell() {
        guard let listener = Self.listener.withLock({ $0 }), Self.told.withLock({ $0.insert(self).inserted }) else {
            return
        }
        listener(self)
    }
}

extension TextList {
    /// Texts that stand more than once, in the order of their first line, with all their lines.
    ///
    /// - Parameter key: what is compared.
    package func repetitions(_ key: (String) -> String = { $0 }) -> [ListRepetition.Entry] {
        var places: [String: Int] = [:]
        var found: [(text: String, lines: [Int])] = []
        for entry in entries {
            let key = key(entry.text)
            if let place = places[key] {
                found[place].lines.append(entry.line)
            } else {
                places[key] = found.count
                found.append((entry.text, [entry.line]))
            }
        }
        return found.filter { $0.lines.count > 1 }.map { ListRepetition.Entry(text: $0.text, lines: $0.lines) }
    }

    /// Says once what stands in the list more than once.
    package func tellRepetitions(as meaning: ListRepetition.Meaning) {
        let found = repetitions { meaning == .oneClass ? $0.lowercased() : $0 }
        if !found.isEmpty { ListRepetition(file: file, meaning: meaning, entries: found).tell() }
    }
}
