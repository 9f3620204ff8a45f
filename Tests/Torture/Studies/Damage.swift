import Foundation
import GRDB
import TestSupport

/// A finished study, damaged: it answers as it did, or with one line that says what is damaged; never another number. Only
/// `info`, which tells what there is, may tell that a file is not.
struct Damage {
    let maker: StudyMaker
    let seed: UInt64
    let workers: Int

    private static let questions = Answers.neurons + Answers.features + Answers.deep

    func run(bytes: Int, statements: Int) throws -> Verdict {
        try maker.whole("whole")
        let answers = try Answers(maker.program, "whole", Self.questions)
        guard try Answers(maker.program, "whole", Self.questions) == answers else {
            throw Fault("the whole study does not answer twice alike")
        }
        let files = try FileManager.default
            .subpathsOfDirectory(atPath: maker.program.home.appending(path: "whole").path)
            .filter { !$0.contains("sqlite-") && !["activations", "summaries"].contains($0) }.sorted()
        let rows = try SQLDamage.columns(of: maker.program.home.appending(path: "whole/study.sqlite"))
        return inParallel(bytes + statements, workers: workers) { index in
            var random = SeededRandom(seed: seed &+ UInt64(index) << 24)
            let name = "damaged-\(index)"
            try maker.copy("whole", as: name)
            defer { maker.remove(name) }
            let folder = maker.program.home.appending(path: name)
            let what =
                index < bytes
                ? try Self.damage(folder, files: files, &random)
                : try SQLDamage.apply(to: folder.appending(path: "study.sqlite"), columns: rows, &random)
            return try verdict(on: name, answers, "seed \(seed), study \(index), \(what)")
        }
    }

    /// Every third time the database.
    private static func damage(_ folder: URL, files: [String], _ random: inout SeededRandom) throws -> String {
        let name =
            Int.random(in: 0..<3, using: &random) == 0 ? "study.sqlite" : files.randomElement(using: &random) ?? ""
        let file = folder.appending(path: name)
        var bytes = [UInt8](try Data(contentsOf: file))
        guard !bytes.isEmpty else { return "\(name), which is empty" }
        let what: String
        switch Int.random(in: 0..<8, using: &random) {
        case 0..<5:
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let bit = UInt8.random(in: 0..<8, using: &random)
            bytes[place] ^= 1 << bit
            what = "bit \(bit) of byte \(place) of \(name) is turned"
        case 5:
            bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            what = "\(name) is cut to \(bytes.count) bytes"
        case 6:
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let range = place..<min(bytes.count, place + 4096)
            bytes.replaceSubrange(range, with: [UInt8](repeating: 0, count: range.count))
            what = "bytes \(range) of \(name) are zero"
        default:
            try FileManager.default.removeItem(at: file)
            return "\(name) is missing"
        }
        try Data(bytes).write(to: file)
        return what
    }

    private func verdict(on name: String, _ answers: Answers, _ what: String) throws -> Verdict {
        var verdict = Verdict(tried: 1)
        var isSame = true
        for (question, answer) in zip(Self.questions, answers.texts) {
            let ending = try maker.program.run(question + ["--study", name], within: 20)
            if ending.status == 0 {
                let found = Answers.lasting(ending.output).replacing(name, with: "whole")
                // What tells what there is, tells that there is less: an alignment that is not found is worked out anew.
                let isTold = question[0] == "info" && (what.hasSuffix(" is missing") || found == answer.unaligned)
                if found != answer, !isTold {
                    verdict.faults.append("\(what): “\(question.joined(separator: " "))” has another answer")
                    return verdict
                }
            } else if ending.isWordedFailure {
                isSame = false
            } else {
                verdict.faults.append("\(what): “\(question.joined(separator: " "))”: \(ending.summary)")
                return verdict
            }
        }
        verdict.count(isSame ? "answer as before" : "say what is damaged")
        return verdict
    }
}

extension String {
    /// What `info --json` tells where the alignment is not there.
    fileprivate var unaligned: String { replacing(#""isAligned" : true"#, with: #""isAligned" : false"#) }
}

/// Rows of a study's database, made what no program wrote.
enum SQLDamage {
    struct Column: Sendable {
        var table: String
        var name: String
        var rows: Int
    }

    static func columns(of file: URL) throws -> [Column] {
        try DatabaseQueue(path: file.path).read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
            return try tables.flatMap { table in
                let rows = try Int.fetchOne(database, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
                let names = rows > 0 ? try database.columns(in: table).map(\.name) : []
                return names.map { Column(table: table, name: $0, rows: rows) }
            }
        }
    }

    /// What was done.
    static func apply(to file: URL, columns: [Column], _ random: inout SeededRandom) throws -> String {
        let column = columns.randomElement(using: &random)!
        let (table, name) = ("\"\(column.table)\"", "\"\(column.name)\"")
        // As great as all rows together are left answerable.
        let great = max(1_000_000, (64 << 20) / max(1, column.rows))
        let values = [
            "NULL", "-1", "0", "1", "9223372036854775807", "-9223372036854775808", "1e308", "'text'", "''", "'{}'",
            "'[]'",
            "'null'", "x''", "x'00'", "zeroblob(1000000)", "zeroblob(\(great))", "hex(randomblob(8))", "\(name) || 'x'",
            "CAST(\(name) AS BLOB) || x'00000000'",
            "CAST(substr(CAST(\(name) AS BLOB), 1, max(0, length(\(name)) - 4)) AS BLOB)",
            "CAST(substr(CAST(\(name) AS BLOB), 2) AS BLOB)", "-\(name)", "\(name) + 1", "\(name) * 1000000",
            "replace(\(name), '1', '2')", "replace(\(name), 'e', 'f')", "replace(\(name), '\"', '')",
        ]
        let value = values.randomElement(using: &random)!
        let place = Int.random(in: 0..<column.rows, using: &random)
        let row = "\(name) IS (SELECT \(name) FROM \(table) LIMIT 1 OFFSET \(place))"
        var statement = "UPDATE \(table) SET \(name) = \(value)"
        switch Int.random(in: 0..<10, using: &random) {
        case 0: statement = "DELETE FROM \(table)"
        case 1, 2: statement = "DELETE FROM \(table) WHERE \(row)"
        case 3..<8: statement += " WHERE \(row)"
        default: break
        }
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1; PRAGMA writable_schema = 1")
            // Tables that take any type, and no value at all.
            try database.execute(
                sql:
                    "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'STRICT, WITHOUT ROWID', 'WITHOUT ROWID'), 'STRICT', ''), ' NOT NULL', '')"
            )
        }
        do {
            try DatabaseQueue(path: file.path).writeWithoutTransaction { _ in }
            try DatabaseQueue(path: file.path, configuration: configuration).close()
            var loose = Configuration()
            loose.foreignKeysEnabled = false
            try DatabaseQueue(path: file.path, configuration: loose).write { try $0.execute(sql: statement) }
        } catch let error as DatabaseError {
            // Keys that are there already.
            return "nothing, as \(error.message ?? "")"
        }
        return statement
    }
}
