import Analysis
import Digests
import Foundation

/// Rows of an evaluation that are finished: the study keeps them, so that an evaluation that was stopped goes on where it
/// was and gives the same figures, to the last bit.
package struct FinishedRows: Sendable {
    private let target: TargetLayer
    /// Of all that any row depends on.
    private let common: Digest
    /// Whether what is there is taken; else every row is made again.
    private let isReused: Bool

    package init(_ layer: StudiedLayer, isReused: Bool = true) throws {
        target = layer.target
        self.isReused = isReused
        let facts = try layer.provenance.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let labels = try layer.target.probeClasses()?.map(String.init) ?? []
        common = try Digest(
            "evaluation 1", Digest(combining: facts), Digest(combining: layer.classes.names),
            Digest(combining: layer.countedClasses.names), Digest(combining: target.words?.templates ?? []),
            Digest(combining: target.study.templates.templates), Digest(combining: layer.concepts.names),
            Digest(combining: labels), Digest(combining: target.heldOutLabels().map(String.init)))
    }

    /// The same of another layer.
    func of(_ layer: StudiedLayer) throws -> FinishedRows { try FinishedRows(layer, isReused: isReused) }

    /// The row of a key, made where it is not there.
    ///
    /// - Parameter parts: all that the row depends on beside the layer.
    package func row<Row: Codable>(_ parts: [any CustomStringConvertible], _ make: () throws -> Row) throws -> Row {
        try rows([parts]) { _ in [try make()] }[0]
    }

    /// The rows of some keys; those that are not there are made together.
    ///
    /// - Parameters:
    ///   - keys: of each row all that it depends on beside the layer.
    ///   - make: makes those at some places of `keys`.
    package func rows<Row: Codable>(
        _ keys: [[any CustomStringConvertible]], _ make: ([Int]) throws -> [Row]
    ) throws -> [Row] {
        let names = keys.map { parts in
            Self.prefix + Digest(combining: [common.description] + parts.map(\.description)).description
        }
        var rows = try names.map { name in
            try (isReused ? target.store.document(named: name) : nil)
                .flatMap { try? JSONDecoder().decode(Row.self, from: $0) }
        }
        let missing = rows.indices.filter { rows[$0] == nil }
        for (place, row) in zip(missing, missing.isEmpty ? [] : try make(missing)) {
            rows[place] = row
            // What cannot be kept is made again.
            if !target.store.isReadOnly, let json = try? JSONEncoder().encode(row) {
                try target.store.keep(json, as: names[place])
            }
        }
        return rows.compactMap { $0 }
    }

    private static let prefix = "evaluation row "
}

extension FinishedRows? {
    /// The row of a key, made where there is nothing to keep it in.
    func row<Row: Codable>(_ parts: [any CustomStringConvertible], _ make: () throws -> Row) throws -> Row {
        try self?.row(parts, make) ?? make()
    }

    /// The same of several keys.
    func rows<Row: Codable>(
        _ keys: [[any CustomStringConvertible]], _ make: ([Int]) throws -> [Row]
    ) throws -> [Row] {
        try self?.rows(keys, make) ?? make(Array(keys.indices))
    }
}
