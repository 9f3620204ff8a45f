import Testing
import Workbench

/// Where two pages differ.
@Suite struct PageComparisonTests {
    private func lines(_ reported: String, _ found: String, isExact: Bool = true) -> [PageComparison.Line] {
        PageComparison.lines(reported, found, isExact: isExact)
    }

    @Test("lines that are others are told with their places, without tags, and those that only moved are not")
    func places() {
        let page = "<p>one</p>\n<td>41.5 %</td>\n<p>three</p>\n<p>four</p>"
        #expect(lines(page, page) == [])
        #expect(
            lines(page, "<p>one</p>\n<td>91.5 %</td>\n<p>three</p>\n<p>four</p>")
                == [.init(line: 2, reported: "41.5 %", found: "91.5 %")])
        #expect(
            lines("<p>zero</p>\nnew\n" + page, page)
                == [.init(line: 1, reported: "zero", found: nil), .init(line: 2, reported: "new", found: nil)])
        #expect(
            lines(page.replacing("four", with: "five"), "<p>zero</p>\n" + page)
                == [
                    .init(line: 1, reported: nil, found: "zero"), .init(line: 4, reported: "five", found: "four"),
                ])
        // Where no word is another, what is.
        #expect(
            lines("<td>1</td>", "<td hidden>1</td>")
                == [.init(line: 1, reported: "<td>1</td>", found: "<td hidden>1</td>")])
        let long = String(repeating: "word ", count: 40)
        let cut = lines(long + "1 end", long + "2 end")[0]
        #expect(cut.reported?.count ?? 0 < 80 && cut.reported?.hasSuffix("1 end") == true)
    }

    @Test("on another kind of processor the last digit of a number may be another, and nothing else")
    func lastDigits() {
        func isNear(_ reported: String, _ found: String) -> Bool { lines(reported, found, isExact: false).isEmpty }
        #expect(isNear("<td>+0.45 ± 0.10</td>", "<td>+0.46 ± 0.10</td>"))
        #expect(!lines("<td>+0.45</td>", "<td>+0.46</td>").isEmpty)
        for (reported, found) in [
            ("0.45", "0.47"), ("0.45", "0.5"), ("17", "18"), ("0.45 a", "0.46 b"), ("0.45", "0.45 0.45"),
            ("+0.45", "-0.45"),
        ] { #expect(!isNear(reported, found), "\(reported), \(found)") }
    }

    @Test("pictures are compared by their pixels")
    func pictures() {
        // The same grey pixel, compressed and stored; then one a little lighter.
        let same = [
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg==",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAADUlEQVR4AQECAP3/AIAAggCBw24l4AAAAABJRU5ErkJggg==",
        ].map { "<img src=\"data:image/png;base64,\($0)\" alt=\"x\">" }
        #expect(lines(same[0], same[1]) == [])
        #expect(!lines(same[0], same[0].replacing("NoAAAAggCB2kUIOw", with: "NoBAAAgwCC2R9xoA")).isEmpty)
    }
}
