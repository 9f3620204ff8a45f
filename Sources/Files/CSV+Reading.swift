import Foundation

extension CSV {
    /// The rows of a file in UTF-8 or, with a byte-order mark, UTF-16.
    ///
    /// - Throws: `unreadable`, `malformedList`.
    package static func rows(of file: URL) throws(FileError) -> [(line: Int, cells: [String])] {
        let bytes = try WholeFile.bytes(of: file)
        do throws(TextDecoding.Failure) {
            return rows(try TextDecoding.text(of: bytes))
        } catch {
            throw .malformedList(file: file.path, line: error.line, error.fault)
        }
    }

    /// Rows of cells as spreadsheets and programs write them (RFC 4180): quoted cells may hold commas, quotes and line
    /// ends. Each with the number of its first line, from 1; blank lines are left out.
    package static func rows(_ text: String) -> [(line: Int, cells: [String])] {
        var rows: [(line: Int, cells: [String])] = []
        var (cells, cell, isQuoted) = ([String](), String.UnicodeScalarView(), false)
        var (line, first) = (1, 1)
        let scalars = Array(text.unicodeScalars)
        var at = 0
        func endRow() {
            cells.append(String(cell))
            if cells != [""] { rows.append((first, cells)) }
            (cells, cell) = ([], String.UnicodeScalarView())
        }
        while at < scalars.count {
            let scalar = scalars[at]
            if scalar == "\n" { line += 1 }
            if isQuoted {
                if scalar != "\"" {
                    cell.append(scalar)
                } else if at + 1 < scalars.count, scalars[at + 1] == "\"" {
                    cell.append(scalar)
                    at += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"", cell.isEmpty {
                isQuoted = true
            } else if scalar == "," {
                cells.append(String(cell))
                cell = String.UnicodeScalarView()
            } else if scalar == "\n" {
                endRow()
                first = line
            } else if scalar != "\r" {
                cell.append(scalar)
            }
            at += 1
        }
        endRow()
        return rows
    }
}
