import Foundation

/// One small vocabulary in the three forms CLIP's is published in.
package struct TokenizerForms {
    private let merges = ["b o", "o t</w>", "bo ot</w>", "é l"]
    private let symbols: [String]

    package init() throws {
        let kept = Array(0x21...0x7E) + Array(0xA1...0xAC) + Array(0xAE...0xFF)
        // In OpenAI's order: printable bytes, then the others.
        let letters =
            kept.map { String(Unicode.Scalar(UInt32($0))!) } + (0..<68).map { String(Unicode.Scalar(0x100 + $0)!) }
        symbols =
            letters + letters.map { $0 + "</w>" } + merges.map { $0.replacing(" ", with: "") }
            + ["<|startoftext|>", "<|endoftext|>"]
    }

    private var numbers: [String: Int] { Dictionary(uniqueKeysWithValues: zip(symbols, 0...)) }

    package func writePair(_ scratch: ScratchFolder) throws {
        _ = try scratch.write(try JSONEncoder().encode(numbers), to: "vocab.json")
        _ = try scratch.write("#version: 0.2\n" + merges.joined(separator: "\n") + "\n", to: "merges.txt")
    }

    package func writeSingle(_ scratch: ScratchFolder) throws { try writeSingle(scratch, inPairs: false) }

    package func writeSingle(_ scratch: ScratchFolder, inPairs: Bool) throws {
        let list: Any = inPairs ? merges.map { $0.split(separator: " ").map(String.init) } : merges
        let model: [String: Any] = [
            "type": "BPE", "end_of_word_suffix": "</w>", "vocab": numbers, "merges": list,
        ]
        _ = try scratch.write(
            try JSONSerialization.data(withJSONObject: ["version": "1.0", "model": model]), to: "tokenizer.json")
    }

    package func writePublished(_ scratch: ScratchFolder) throws { try writePublished(scratch, members: 2) }

    /// As `gzip a b` writes them: one member after the other.
    package func writePublished(_ scratch: ScratchFolder, members: Int) throws {
        let text = "\"bpe_simple_vocab_16e6.txt#version: 0.2\n" + merges.joined(separator: "\n") + "\n"
        let bytes = Array(text.utf8)
        let parts = members == 1 ? [bytes] : [Array(bytes[..<50]), Array(bytes[50...])]
        _ = try scratch.write(parts.flatMap(stored), to: "bpe_simple_vocab_16e6.txt.gz")
    }

    /// A gzip member whose data is stored as it is (RFC 1951, section 3.2.4; RFC 1952).
    private func stored(_ bytes: [UInt8]) -> [UInt8] {
        let length = UInt16(bytes.count)
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length) + little(~length) + bytes + little(~sum)
            + little(UInt32(bytes.count))
    }
}
