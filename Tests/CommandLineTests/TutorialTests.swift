import Foundation
import TestSupport
import Testing

/// The commands of docs/tutorial.md, run as they stand there, on fewer images.
@Suite struct TutorialTests {
    @Test("every command of the tutorial runs, and prints lines of the kind that stand below it")
    func commands() throws {
        let study = try CommandLineStudy()
        defer { study.remove() }
        let page = try String(contentsOf: Samples.root.appending(path: "docs/tutorial.md"), encoding: .utf8)
        var output = ""
        var count = 0
        for block in page.components(separatedBy: "```\n").enumerated().filter({ $0.offset % 2 == 1 }) {
            for line in block.element.split(separator: "\n") {
                if line.hasPrefix("$ miclip ") {
                    let words = line.dropFirst("$ miclip ".count).split(separator: " ").map { word in
                        String(word).replacing("shirts.study", with: study.path)
                            .replacing("SampleData", with: Samples.root.appending(path: "SampleData").path)
                    }
                    let run = try CommandLineRun(words, home: study.home)
                    #expect(run.status == 0, "\(line): \(run.errors)")
                    (output, count) = (run.output, count + 1)
                } else {
                    // What stands before the figures.
                    let label = String(
                        line.trimmingPrefix(" ").prefix { !$0.isNumber && $0 != ":" && $0 != "-" && $0 != "+" })
                    let isThere = label.isEmpty || output.contains(label.replacing("shirts.study", with: study.path))
                    #expect(isThere, "\(line)\n\(output)")
                }
            }
        }
        #expect(count > 7)
    }
}
