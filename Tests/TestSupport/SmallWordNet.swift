import Foundation

/// A WordNet of a dozen synsets in the real files' format.
package struct SmallWordNet {
    /// By the files' names.
    package let files: [(name: String, text: String)]

    /// Synsets by name with their hypernyms; data.noun's offsets follow from the lines.
    package init() {
        let synsets: [(name: String, above: [String])] = [
            ("entity", []), ("artifact", ["entity"]), ("clothing", ["artifact"]), ("footwear", ["clothing"]),
            ("boot", ["footwear"]), ("ankle_boot", ["boot"]), ("container", ["artifact"]),
            ("loop", ["loop_too"]), ("loop_too", ["loop"]), ("plain", ["entity"]), ("woman", ["entity"]),
            ("glass", ["container"]),
        ]
        let license = "  1 a line of the licence\n"
        func line(_ offsets: [String: Int], _ synset: (name: String, above: [String])) -> String {
            func eight(_ value: Int) -> String { String(repeating: "0", count: 8 - "\(value)".count) + "\(value)" }
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let pointers = synset.above.map { "@ \(eight(offsets[$0] ?? 0)) n 0000" } + ["~ 00000001 n 0000"]
            return "\(eight(offsets[synset.name] ?? 0)) 06 n 01 \(synset.name) 0 0\(two(pointers.count)) "
                + pointers.joined(separator: " ") + " | what it means; @ 1 n\n"
        }
        var (offsets, position) = ([String: Int](), license.utf8.count)
        for synset in synsets {
            offsets[synset.name] = position
            position += line([:], synset).utf8.count
        }
        let data = license + synsets.map { line(offsets, $0) }.joined()
        // One word has two senses: a case is a container, and then footwear.
        var senses: [(name: String, synsets: [String])] = synsets.map { ($0.name, [$0.name]) }
        senses.append(("case", ["container", "footwear"]))
        let lines = senses.sorted { $0.name < $1.name }.map { name, synsets -> String in
            let places = synsets.map { "\(offsets[$0] ?? 0)" }.joined(separator: " ")
            return "\(name) n \(synsets.count) 2 @ ~ \(synsets.count) 0 \(places)  \n"
        }
        files = [
            ("data.noun", data), ("index.noun", license + lines.joined()), ("noun.exc", "men man\nwomen woman\n"),
            (
                "cntlist.rev",
                "boot%1:06:00:: 1 5\nplain%1:17:00:: 1 1\nplain%3:00:01:: 1 2\nplain%5:00:00:x:00 2 9\n"
            ),
        ]
    }
}
