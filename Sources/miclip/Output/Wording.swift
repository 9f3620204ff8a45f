import Analysis
import ArgumentParser
import Explorer
import Workbench
import Files
import Foundation

/// Short texts that several commands print.
enum Wording {
    static func units(_ count: Int) -> String { count == 1 ? "1 unit" : "\(grouped(count)) units" }

    /// The class a concept is tied to, and how: `sneaker (nearest class)`.
    static func tie(_ target: ConceptClass) -> String {
        switch target.origin {
        case .name: "\(target.name) (by name)"
        case .nearest: "\(target.name) (nearest class)"
        case .chosen: "\(target.name) (chosen)"
        }
    }

    /// The first few of some names. Names with commas in them, as WordNet's, are parted by semicolons.
    static func list(_ names: [String], most: Int = 12) -> String {
        let separator = names.contains { $0.contains(",") } ? "; " : ", "
        return names.prefix(most).joined(separator: separator)
            + (names.count > most ? " and \(names.count - most) more" : "")
    }

    /// `concepts.txt: more than once: boot (lines 3, 17); each counts once`
    static func repetition(_ repetition: ListRepetition) -> String {
        let entries = repetition.entries.map { entry in
            "\(entry.text) (lines \(list(entry.lines.map(String.init), most: 4)))"
        }
        let meaning =
            switch repetition.meaning {
            case .one: "each counts once"
            case .oneClass: "lines of one name are one class"
            case .ownClasses: "each is a class of its own"
            case .each: "each counts as often as it stands there"
            }
        return "\(repetition.file): more than once: \(list(entries, most: 5)); \(meaning)"
    }

    /// `88.12 % -> 79.40 %  (-8.72 points)`
    ///
    /// - Parameter change: nil where there is no image to count.
    static func change(_ change: AccuracyChange?) -> String {
        guard let change else { return "no held-out image" }
        func share(_ value: Double) -> String { number(100 * value, 2).leftPadded(6) + " %" }
        return share(change.before) + " -> " + share(change.after)
            + "  (\(number(100 * (change.after - change.before), 2, signed: true)) points)"
    }
}

/// - Parameter most: what can still be counted with.
func requirePositive(_ value: Int, _ option: String, most: Int = 1_000_000_000) throws {
    guard value > 0 else { throw ValidationError("\(option) must be at least 1; found \(value).") }
    guard value <= most else { throw ValidationError("\(option) must be at most \(most); found \(value).") }
}

func requirePositive(_ value: Float, _ option: String) throws {
    guard value > 0, value.isFinite else {
        throw ValidationError("\(option) must be a finite number greater than 0; found \(value).")
    }
}

extension String {
    /// Filled with spaces on the right, to a table's column.
    func padded(_ width: Int) -> String { self + spaces(to: width) }

    /// Filled with spaces on the left.
    func leftPadded(_ width: Int) -> String { spaces(to: width) + self }

    /// Columns count, not characters: 靴 takes two.
    private func spaces(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - displayWidth(of: self)))
    }
}
