import Analysis
import ArgumentParser
import Explorer
import Foundation

/// Short texts that several commands print.
enum Wording {
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

    /// `88.12 % -> 79.40 %  (-8.72 points)`
    static func change(_ change: AccuracyChange) -> String {
        String(
            format: "%6.2f %% -> %6.2f %%  (%+.2f points)", 100 * change.before, 100 * change.after,
            100 * (change.after - change.before))
    }
}

func number(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)f", Double(value))
}

func requirePositive(_ value: Int, _ option: String) throws {
    guard value > 0 else { throw ValidationError("\(option) must be at least 1; found \(value).") }
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
