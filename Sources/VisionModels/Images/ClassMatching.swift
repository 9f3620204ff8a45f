import Foundation

/// Which class of a model each class folder stands for.
public struct ClassMatching: Sendable, Equatable {
    /// For each folder, the index of a class.
    public var classes: [Int]
    /// Whether some names were not recognised, and folders were paired with classes in sorted order.
    public var isByOrder: Bool

    /// Folders whose names match no class, or more than one.
    public struct Mismatch: Error, Sendable, Equatable {
        public var folders: [String]
    }

    /// A folder's name is a class's name, its first lemma, or a WordNet identifier whose lemmas name a class. Where some
    /// are none of these and there are as many folders as classes, they pair up in order.
    ///
    /// - Parameters:
    ///   - folders: sorted.
    ///   - lemmas: of a WordNet identifier: `tench, Tinca tinca`.
    public init(
        folders: [String], classes names: [String], lemmas: (String) -> String? = { _ in nil }
    ) throws(Mismatch) {
        let byName = Dictionary(grouping: names.indices) { Self.normal(names[$0]) }
        let byLemma = Dictionary(grouping: names.indices) { Self.firstLemma(names[$0]) }
        var candidates: [[Int]] = folders.map { folder in
            let words = [folder, lemmas(folder)].compactMap { $0 }
            for word in words {
                if let found = byName[Self.normal(word)], found.count == 1 { return found }
            }
            return words.compactMap { byLemma[Self.firstLemma($0)] ?? byName[Self.normal($0)] }.first ?? []
        }
        // Two classes of ImageNet are called crane: its classes are in the order of their identifiers, so the
        // neighbours tell which is meant.
        let isOrdered = zip(candidates.filter { $0.count == 1 }, candidates.filter { $0.count == 1 }.dropFirst())
            .allSatisfy { $0[0] < $1[0] }
        for (place, found) in candidates.enumerated() where found.count > 1 && isOrdered {
            let before = candidates[..<place].last { $0.count == 1 }?[0] ?? -1
            let after = candidates[(place + 1)...].first { $0.count == 1 }?[0] ?? names.count
            candidates[place] = found.filter { $0 > before && $0 < after }
        }
        if candidates.allSatisfy({ $0.count == 1 }) {
            (classes, isByOrder) = (candidates.map { $0[0] }, false)
        } else if folders.count == names.count {
            (classes, isByOrder) = (Array(names.indices), true)
        } else {
            throw Mismatch(folders: zip(folders, candidates).filter { $0.1.count != 1 }.map(\.0))
        }
    }

    private static func normal(_ name: String) -> String {
        name.lowercased().replacingOccurrences(of: "_", with: " ").trimmingCharacters(in: .whitespaces)
    }

    private static func firstLemma(_ name: String) -> String {
        normal(name.split(separator: ",").first.map(String.init) ?? name)
    }
}
