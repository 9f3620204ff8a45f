import Files
import Foundation
import Testing

@Suite("What names may do to a terminal or a table")
struct PrintableTests {
    @Test func `control characters, separators and overrides of direction are written out`() {
        #expect(printable("a\u{1B}[2Jb\u{7}\u{9B}c\u{202E}d") == #"a\u{1b}[2Jb\u{7}\u{9b}c\u{202e}d"#)
        #expect(printable("two\nlines\t") == #"two\u{a}lines\u{9}"#)
        #expect(printable("two\nlines\t\r", keepingLines: true) == "two\nlines\t" + #"\u{d}"#)
        #expect(printable("a\r\nb\rc\r\n", keepingLines: true) == "a\r\nb" + #"\u{d}"# + "c\r\n")
        #expect(printable("élan 日本 👢 עברית") == "élan 日本 👢 עברית")
    }

    @Test func `a megabyte of control characters is written out in linear time`() {
        // By the square of its length it would take hours.
        let text = String(repeating: "\0", count: 1 << 20)
        #expect(printable(text) == String(repeating: #"\u{0}"#, count: 1 << 20))
        #expect(Markdown.cell(text).utf8.count == 6 << 20)
        #expect(CSV.cell(text + ",").utf8.count == (5 << 20) + 3)
    }

    @Test func `JSON keeps its value`() throws {
        let json = #"{"a": "b\#u{9B}\#u{7F}\#u{2028}\n"}"#
        let safe = printable(json: json)
        #expect(safe == #"{"a": "b\u009b\u007f\u2028\n"}"#)
        let decoder = JSONDecoder()
        #expect(
            try decoder.decode([String: String].self, from: Data(safe.utf8))
                == decoder.decode([String: String].self, from: Data(json.utf8)))
    }

    @Test(arguments: [
        ("boot", "boot"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\rb", "\"a\rb\""), ("a\nb", "\"a\nb\""),
        ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"), ("@sum", "'@sum"), ("+boot", "'+boot"), ("-0.5", "-0.5"),
        ("+1e3", "+1e3"), ("-boot, red", "\"'-boot, red\""), ("a\u{1B}b", #"a\u{1b}b"#), ("", ""),
        // With an accent on it, a mark is another character, but no other mark.
        ("a\"\u{301}b", "\"a\"\"\u{301}b\""),
    ])
    func `a CSV cell is quoted where it must be, and is no formula`(text: String, cell: String) {
        #expect(CSV.cell(text) == cell)
    }

    @Test(arguments: [
        ("a|b", "a\\|b"), ("two\r\nlines", "two lines"), ("<b>&", "&lt;b&gt;&amp;"),
        ("`*_[x]\\", "\\`\\*\\_\\[x\\]\\\\"),
        ("norm:17+", "norm:17+"), ("\u{1B}c", #"\\u{1b}c"#), ("a|\u{301}<\u{301}", "a\\|\u{301}&lt;\u{301}"),
    ])
    func `a Markdown cell acts on nothing`(text: String, cell: String) { #expect(Markdown.cell(text) == cell) }
}
