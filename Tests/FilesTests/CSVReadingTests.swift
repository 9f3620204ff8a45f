import Files
import Foundation
import TestSupport
import Testing

@Suite struct CSVReadingTests {
    @Test("cells with commas, quotes and line ends come back as they were written; blank lines are left out")
    func roundTrip() {
        let rows = [["layer", "unit"], ["a,b", "say \"boot\""], ["two\r\nlines", ""], ["", "x"]]
        #expect(CSV.rows(CSV.text(rows)).map(\.cells) == rows)
        let lines = CSV.rows("a,b\n\n\"x\ny\",2\n3,4")
        #expect(lines.map(\.cells) == [["a", "b"], ["x\ny", "2"], ["3", "4"]])
        #expect(lines.map(\.line) == [1, 3, 5])
        #expect(CSV.rows("").isEmpty && CSV.rows("\n\r\n").isEmpty)
    }

    @Test("a file that is no text is refused with its name")
    func binary() throws {
        let folder = try Samples.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "d.csv")
        try Data([0x1F, 0x8B, 8, 0]).write(to: file)
        #expect(throws: FileError.malformedList(file: file.path, line: 0, .binary)) { try CSV.rows(of: file) }
    }
}
