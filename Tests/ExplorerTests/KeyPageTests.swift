import Explorer
import Foundation
import Testing

/// The key table in `docs/keys.md` is the code's.
@Suite("The page of keys")
struct KeyPageTests {
    private var page: String {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            return try String(contentsOf: root.appending(path: "docs/keys.md"), encoding: .utf8)
        }
    }

    @Test("has the key table that the code makes")
    func keys() throws {
        #expect(try page.contains("\n" + KeyTable.markdown + "\n"), "KeyTable.markdown is:\n\(KeyTable.markdown)")
    }

    @Test("A cell of the table holds no bar that would end it")
    func bars() {
        for line in KeyTable.markdown.split(separator: "\n") { #expect(line.count { $0 == "|" } == 3, "\(line)") }
    }
}
