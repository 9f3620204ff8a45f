import Algorithms
import Foundation

/// Which class of a model each class folder stands for.
package struct ClassMatching: Sendable, Equatable {
    /// How a folder found its class.
    package enum Pairing: String, Sendable, Codable, CaseIterable {
        /// By the list that people give.
        case map
        /// By its name: letter by letter, or but for case, marks, accents and plural.
        case name
        /// By its WordNet identifier: the class has the same, or is called by its lemmas.
        case identifier
        /// The folders are the numbers from 0, or from 1.
        case number
        /// It alone had no class, and the class alone no folder.
        case leftOver
        /// By its place among the others.
        case order
    }

    /// For each folder, the index of a class.
    package var classes: [Int]
    /// For each folder.
    package var pairings: [Pairing]
    /// Why an accuracy counted on these classes may be of other classes; nil where names or numbers decide.
    package var doubt: ClassDoubt?

    /// What keeps folders and classes from being paired.
    package enum Mismatch: Error, Sendable, Hashable {
        /// Folders that name no single class, and classes that no folder names.
        case unmatched(folders: [String], classes: [String])
        /// Folders that all name the same class.
        case oneClass(folders: [String], class: String)
        /// The list of pairs gives a folder a class that there is not.
        case unknownClass(folder: String, class: String, file: String)
    }

    /// Pairs by the first of these that applies: the map; names, folded, and WordNet identifiers; numbers from 0 or from 1
    /// where all folders are such; what is left over, where that is one on each side; and the order of folders that are all
    /// WordNet identifiers and match no name, where the classes are sorted identifiers too or only numbered.
    ///
    /// - Parameters:
    ///   - folders: sorted.
    ///   - lemmas: of a WordNet identifier: `tench, Tinca tinca`.
    ///   - map: what a user says of some folders or all.
    package init(
        folders: [String], classes names: [String], lemmas: (String) -> String? = { _ in nil }, map: ClassMap? = nil
    ) throws(Mismatch) {
        let known = KnownClasses(names)
        var found: [(class: Int, pairing: Pairing)?] = []
        var several: [Int: [Int]] = [:]
        for (place, folder) in folders.enumerated() {
            if let map, let name = map[folder] {
                guard let index = known.index(of: name) else {
                    throw .unknownClass(folder: folder, class: name, file: map.file)
                }
                found.append((index, .map))
                continue
            }
            let name = ClassName(folder)
            let (candidates, pairing) = known.candidates(name, lemmas: name.identifier.flatMap(lemmas))
            // Of classes with the very same name, the first stands for all.
            let isOne = name.identifier == nil && Set(candidates.map { names[$0] }).count == 1
            found.append(candidates.count == 1 || isOne ? (candidates[0], pairing) : nil)
            if candidates.count > 1, name.identifier != nil { several[place] = candidates }
        }
        Self.resolve(several, among: &found, classes: names.count)

        let numbers = folders.compactMap { Int($0) }
        if map == nil, numbers.count == folders.count, found.contains(where: { $0 == nil }) {
            // Numbers of which some are names of classes too would mean one thing here and another there.
            let first = numbers.min() ?? 0
            guard found.allSatisfy({ $0 == nil }), Set(numbers).count == names.count, numbers.count == names.count,
                first == 0 || first == 1, numbers.max() == names.count - 1 + first
            else { throw .unmatched(folders: folders, classes: names) }
            (classes, pairings, doubt) = (numbers.map { $0 - first }, folders.map { _ in .number }, nil)
            return
        }
        if let clash = Self.clash(found, folders, names) { throw clash }

        let taken = Set(found.compactMap { $0?.class })
        let openFolders = folders.indices.filter { found[$0] == nil }
        let takenNames = Set(taken.map { names[$0] })
        let openClasses = names.indices.filter { !takenNames.contains(names[$0]) }
        if openFolders.isEmpty {
            doubt = nil
        } else if openFolders.count == 1, openClasses.count == 1, map == nil {
            found[openFolders[0]] = (openClasses[0], .leftOver)
            doubt = .leftOver(folder: folders[openFolders[0]], class: names[openClasses[0]])
        } else if Self.isByOrder(folders, names), taken.isEmpty {
            for index in folders.indices { found[index] = (index, .order) }
            doubt = .byOrder
        } else {
            throw .unmatched(folders: openFolders.map { folders[$0] }, classes: openClasses.map { names[$0] })
        }
        classes = found.compactMap { $0?.class }
        pairings = found.compactMap { $0?.pairing }
    }

    /// Two classes of ImageNet are called crane: its classes are in the order of their identifiers, so the neighbours tell
    /// which is meant.
    private static func resolve(
        _ several: [Int: [Int]], among found: inout [(class: Int, pairing: Pairing)?], classes: Int
    ) {
        let sure = found.compactMap { $0?.class }
        guard sure.adjacentPairs().allSatisfy(<) else { return }
        for (place, candidates) in several.sorted(by: { $0.key < $1.key }) {
            let before = found[..<place].compactMap { $0?.class }.last ?? -1
            let after = found[(place + 1)...].lazy.compactMap { $0?.class }.first ?? classes
            let left = candidates.filter { $0 > before && $0 < after }
            if left.count == 1 { found[place] = (left[0], .identifier) }
        }
    }

    /// Two folders of one class, unless a map says so or several classes have that name.
    private static func clash(
        _ found: [(class: Int, pairing: Pairing)?], _ folders: [String], _ names: [String]
    ) -> Mismatch? {
        let byClass = Dictionary(grouping: found.indices.filter { found[$0] != nil }) { found[$0]!.class }
        let clashes = byClass.filter { entry in
            entry.value.count > 1 && entry.value.contains { found[$0]!.pairing != .map }
                && names.count(where: { $0 == names[entry.key] }) == 1
        }
        guard let first = clashes.min(by: { $0.key < $1.key }) else { return nil }
        return .oneClass(folders: first.value.map { folders[$0] }, class: names[first.key])
    }

    /// Whether the place of a folder may be that of its class: identifiers here, and there sorted identifiers or numbers.
    private static func isByOrder(_ folders: [String], _ names: [String]) -> Bool {
        func identifiers(_ names: [String]) -> Bool {
            let found = names.compactMap { ClassName($0).identifier }
            return found.count == names.count && found.adjacentPairs().allSatisfy(<)
        }
        let areNumbered = names.enumerated().allSatisfy { index, name in
            ["label", "class", "category", "output", ""].contains { ClassNameFolding.folded(name) == "\($0)\(index)" }
        }
        return folders.count == names.count && identifiers(folders) && (areNumbered || identifiers(names))
    }
}

/// Why folders may stand for other classes than they were paired with. Its description is what stands beside an accuracy.
package enum ClassDoubt: Sendable, Hashable, Codable, CustomStringConvertible {
    case leftOver(folder: String, class: String)
    case byOrder

    package var description: String {
        switch self {
        case .leftOver: "1 class paired by what was left"
        case .byOrder: "classes paired by order"
        }
    }
}

/// A model's classes by all that folders call them.
private struct KnownClasses {
    private let names: [String]
    private var exact: [String: [Int]] = [:]
    private var byIdentifier: [String: [Int]] = [:]
    /// Strictest first: the whole name, its first lemma, its plurals, any of its lemmas.
    private var folds: [[String: [Int]]]

    init(_ names: [String]) {
        self.names = names
        folds = Array(repeating: [:], count: 4)
        for (index, name) in names.enumerated() {
            let parts = ClassName(name)
            exact[name, default: []].append(index)
            if let identifier = parts.identifier { byIdentifier[identifier, default: []].append(index) }
            guard !parts.words.isEmpty else { continue }
            let (whole, first) = (ClassNameFolding.folded(parts.words), ClassName.firstLemma(parts.words))
            folds[0][whole, default: []].append(index)
            folds[1][first, default: []].append(index)
            for plural in Set(ClassNameFolding.plurals(whole) + ClassNameFolding.plurals(first)) {
                folds[2][plural, default: []].append(index)
            }
            for lemma in Set(ClassName.lemmas(parts.words)) { folds[3][lemma, default: []].append(index) }
        }
    }

    /// The class that a user's map names: its name, else its folded name or its number, where that is one.
    func index(of name: String) -> Int? {
        if let found = exact[name] { return found[0] }
        if let found = folds[0][ClassNameFolding.folded(name)], found.count == 1 { return found[0] }
        return Int(name).flatMap { names.indices.contains($0) ? $0 : nil }
    }

    /// Classes that a folder may stand for: more than one where they fold alike and none has the very name.
    func candidates(_ folder: ClassName, lemmas: String?) -> ([Int], ClassMatching.Pairing) {
        if let found = exact[folder.whole] { return (found, .name) }
        if let identifier = folder.identifier, let found = byIdentifier[identifier] { return (found, .identifier) }
        for (words, pairing) in [(folder.words, ClassMatching.Pairing.name), (lemmas ?? "", .identifier)]
        where !words.isEmpty {
            let (whole, first) = (ClassNameFolding.folded(words), ClassName.firstLemma(words))
            if let found = folds[0][whole] { return (found, pairing) }
            if let found = folds[1][first] { return (found, pairing) }
            var plural = Set(folds[2][whole] ?? [])
            for name in ClassNameFolding.plurals(whole) { plural.formUnion(folds[0][name] ?? folds[1][name] ?? []) }
            if !plural.isEmpty { return (plural.sorted(), pairing) }
            if pairing == .name, let found = folds[3][whole] { return (found, pairing) }
        }
        return ([], .name)
    }
}
