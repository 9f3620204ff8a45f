import Analysis
import CursesTerminal
import Explorer
import Files
import Foundation
import LinearAlgebra
import TestSupport

extension Parser {
    /// JSON and gzip, on which others stand.
    static func ground() throws -> [Parser] {
        [
            Parser(
                name: "JSON", share: 60,
                samples: [
                    Sample(
                        "a", "{\"a\": [1, -2.5e-3, true, null, \"b\\u00e9\\ud83d\\ude00\\n\"], \"c\": {}, \"\": []}"),
                    try Sample(golden("layouts/hf-clip/config.json")),
                ],
                prepare: { _ in
                    { _, bytes in
                        let value = try bytes.withUnsafeBytes { bytes throws(JSON.SyntaxError) in
                            try JSON(parsing: bytes)
                        }
                        _ = value.summary
                        var text = value.canonical
                        guard try text.withUTF8({ try JSON(parsing: UnsafeRawBufferPointer($0)) }).canonical == text
                        else {
                            throw Fault("written and read again, it is another")
                        }
                    }
                }),
            Parser(
                name: "gzip", share: 40,
                samples: [try Sample(Samples.folder.appending(path: "fashion-mnist/t10k-labels-idx1-ubyte.gz"))],
                prepare: { scratch in
                    { sample, bytes in
                        scratch.replace(sample.name, with: bytes)
                        let found = try Gzip.inflate(MappedFile(scratch.file(sample.name)), most: 1 << 20)
                        guard found.count <= 1 << 20 else { throw Fault("\(found.count) bytes") }
                    }
                }),
        ]
    }

    /// What the program itself wrote or is told: half-written activations, sessions, themes, names of units, keys.
    static func own() throws -> [Parser] {
        [try halfWritten(), try sessions(), try themes(), unitNames(), keys(), printed()]
    }

    /// A file left half-done: whatever became of it, once finished it is the one that was meant.
    private static func halfWritten() throws -> Parser {
        let rows = Tensor([5, 3], (0..<15).map { Float($0) / 7 })
        @Sendable func fill(_ url: URL, to end: Int) throws {
            var file = try ActivationFile(url, tensor: "a", shape: [5, 3], metadata: ["of": "torture"])
            guard (0...5).contains(file.completedRows) else { throw Fault("\(file.completedRows) of 5 rows are done") }
            while file.completedRows < end { try file.append(rows.rows(at: [file.completedRows])) }
            if end == 5 { try file.finish() }
        }
        let made = try ScratchFolder()
        try fill(made.file("whole"), to: 5)
        try fill(made.file("half"), to: 3)
        let whole = try Data(contentsOf: made.file("whole"))
        return Parser(
            name: "half-written activations", share: 30, samples: [try Sample(made.file("half.partial"))],
            prepare: { scratch in
                { _, bytes in
                    scratch.replace("a.partial", with: bytes)
                    try fill(scratch.file("a"), to: 5)
                    guard try Data(contentsOf: scratch.file("a")) == whole else {
                        throw Fault("other values are finished")
                    }
                }
            })
    }

    private static func sessions() throws -> Parser {
        let layer = LayerReference(model: "target-vit", layer: "norm", pooling: "cls")
        let list = SteeringList(
            [
                SteeringEntry(concept: "boot", ranking: .contribution, setSize: 20),
                SteeringEntry(concept: "bag", ranking: .cosine, setSize: 3),
            ],
            units: .neuron)
        let session = Session(
            screen: .steer, theme: "dark", layer: layer, places: [LayerPlace(layer: layer, steering: list)])
        let record = SteeringRecord(layer: layer, start: list, actions: [], target: "boot")
        let encoder = JSONEncoder()
        // Else their order is another in every process.
        encoder.outputFormatting = .sortedKeys
        return Parser(
            name: "sessions", share: 50,
            samples: [
                Sample(name: "session", bytes: [UInt8](try encoder.encode(session))),
                Sample(name: "record", bytes: [UInt8](try encoder.encode(record))),
            ],
            prepare: { _ in
                { sample, bytes in
                    func check<Value: Codable & Equatable>(_: Value.Type) throws -> Value {
                        let value: Value
                        do { value = try JSONDecoder().decode(Value.self, from: Data(bytes)) } catch is DecodingError {
                            throw Refusal()
                        }
                        let again = try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
                        guard again == value else { throw Fault("written and read again, it is another") }
                        return value
                    }
                    let lists =
                        sample.name == "session"
                        ? try check(Session.self).places.map(\.steering) : [try check(SteeringRecord.self).end]
                    for list in lists {
                        _ = list.active
                        for entry in list.entries { _ = entry.intervention(on: []) }
                    }
                }
            })
    }

    private static func themes() throws -> Parser {
        Parser(
            name: "themes", share: 40,
            samples: try ["dark", "light"].map { try Sample(Samples.root.appending(path: "Themes/\($0).yaml")) },
            words: ["&a ", "*a", "!!int ", "? ", "- ", "---\n", "...\n", "%YAML 1.1\n", "<<: *a\n", "|\n", ">-\n"],
            prepare: { _ in
                { sample, bytes in _ = try Theme(yaml: String(decoding: bytes, as: UTF8.self), file: sample.name) }
            })
    }

    private static func unitNames() -> Parser {
        Parser(
            name: "names of units", share: 40,
            samples: ["norm:17+", "norm:17-", "blocks.3:f17", "layer4:0"].map { Sample($0, $0) },
            words: [":", "f", "+", "-", "9"],
            prepare: { _ in
                { _, bytes in
                    guard let unit = InternalUnit(String(decoding: bytes, as: UTF8.self)) else { throw Refusal() }
                    guard InternalUnit("\(unit)") == unit else { throw Fault("\(unit) is read as another") }
                }
            })
    }

    /// What a terminal sends, in reads of any size.
    private static func keys() -> Parser {
        Parser(
            name: "keys", share: 80,
            samples: [
                Sample("sequences", "a\u{1B}[A\u{1B}OP\u{1B}[1;3Dq\u{1B}[<0;3;4M\u{1B}[200~paste\u{1B}[201~é漢\u{1B}b"),
                Sample(
                    "answers",
                    "\u{1B}]11;rgb:ffff/ffff/ffff\u{1B}\\\u{1B}[?62;22c\u{1B}P>|XTerm(379)\u{1B}\\\u{1B}[97;5u"),
            ],
            words: [
                "\u{1B}", "\u{1B}[", "\u{1B}O", "\u{1B}]", "\u{1B}P", "\u{1B}\\", "\u{1B}[200~", "\u{1B}[M", "\u{9B}",
            ],
            prepare: { _ in
                { _, bytes in
                    var (decoder, time, place, events) = (InputDecoder(), 0, 0, 0)
                    while place < bytes.count {
                        let end = min(bytes.count, place + 1 + Int(bytes[place] % 23))
                        time += Int(bytes[place]) % 7 == 0 ? 1500 : Int(bytes[place]) % 60
                        events +=
                            decoder.pause(at: time).count + decoder.take(Array(bytes[place..<end]), at: time).count
                        place = end
                    }
                    events += decoder.pause(at: time + 5000).count
                    guard decoder.deadline == nil else { throw Fault("it waits for ever") }
                    guard events <= bytes.count else { throw Fault("\(events) events of \(bytes.count) bytes") }
                }
            })
    }

    /// Text on its way to a terminal, a table or a page.
    private static func printed() -> Parser {
        Parser(
            name: "printed texts", share: 50, samples: [Sample("a", "=a, \"b\"\r\n|c| <d> &\u{1B}[31m\u{202E}é漢")],
            words: ["\u{9B}", "\u{202E}", "\u{2066}", "\"\"", "=1+1"],
            prepare: { _ in
                { _, bytes in
                    let text = String(decoding: bytes, as: UTF8.self)
                    func acts(_ text: String, but kept: String) -> Bool {
                        text.unicodeScalars.contains {
                            ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value)) && !kept.unicodeScalars.contains($0)
                        }
                    }
                    guard !acts(printable(text), but: ""), !acts(Markdown.cell(text), but: "") else {
                        throw Fault("it acts on a terminal")
                    }
                    let cell = CSV.cell(text)
                    guard !acts(cell, but: "\r\n\t") else { throw Fault("a cell acts on a terminal") }
                    let marks = cell.utf8.count { $0 == UInt8(ascii: "\"") }
                    let isQuoted = cell.utf8.first == UInt8(ascii: "\"")
                    guard marks % 2 == 0 || !isQuoted else { throw Fault("a cell's quotation marks are no pairs") }
                    guard displayWidth(of: text) >= 0 else { throw Fault("a negative width") }
                }
            })
    }
}
