import Foundation
import TestSupport
import Testing
import VisionModels

/// spiece.model files made by hand, field by field, and damaged ones.
@Suite("A spiece.model")
struct SentencePieceDamageTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func bytes(_ number: Int, _ body: [UInt8]) -> [UInt8] {
        [UInt8(number << 3 | 2), UInt8(body.count)] + body
    }

    private func piece(_ text: String, _ score: Float, kind: UInt8 = 1) -> [UInt8] {
        let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
        return bytes(1, bytes(1, Array(text.utf8)) + [2 << 3 | 5] + bits + [3 << 3, kind])
    }

    private var pieces: [UInt8] {
        piece("<unk>", 0, kind: 2) + piece("</s>", 0, kind: 3) + piece("\u{2581}", -2) + piece("a", -1)
            + piece("ab", -1.5)
            + piece("b", -1)
    }

    private func tokens(_ model: [UInt8], of text: String) throws -> [Int] {
        _ = try scratch.write(model, to: "spiece.model")
        return try loadTextTokenizer(inFolder: scratch.url, length: 8).tokens(of: text)
    }

    private func fault(_ model: [UInt8]) -> VocabularyFault? {
        do { _ = try tokens(model, of: "ab") } catch VisionModelsError.malformedVocabulary(_, let fault) {
            return fault
        } catch {
            Issue.record("\(error)")
        }
        return nil
    }

    @Test func `gives the pieces of the greatest sum, unknown letters in a row as one`() throws {
        #expect(try tokens(pieces, of: "ab b") == [2, 4, 2, 5, 1, 1, 1, 1])
        #expect(try tokens(pieces, of: "aXYb, X") == [2, 3, 0, 5, 2, 0, 1, 1])
        #expect(try tokens(pieces, of: "") == [Int](repeating: 1, count: 8))
        #expect(try tokens(pieces, of: "b b b b b b b b") == [2, 5, 2, 5, 2, 5, 2, 1])
    }

    @Test func `of another kind is refused by the name of its field`() throws {
        func key(_ model: [UInt8]) -> String? {
            if case .encoding(let key, _)? = fault(model) { key } else { nil }
        }
        #expect(key(pieces + bytes(2, [3 << 3, 2])) == "trainer_spec.model_type")
        #expect(key(pieces + bytes(2, [0x98, 2, 1])) == "trainer_spec.byte_fallback")
        #expect(key(pieces + bytes(2, [0xC0, 1, 1])) == "trainer_spec.treat_whitespace_as_suffix")
        #expect(key(pieces + bytes(3, [5 << 3, 0])) == "normalizer_spec.escape_whitespaces")
        #expect(key(pieces + bytes(3, bytes(2, [9, 0, 0, 0, 1]))) == "normalizer_spec.precompiled_charsmap")
        #expect(key(pieces + piece("ab", -3)) == "pieces[6]")
        #expect(key(pieces + piece("c", .nan)) == "pieces[6]")
        #expect(key(piece("a", 1)) == "pieces" && key([]) == "pieces")
        #expect(fault(piece("<unk>", 0, kind: 2)) == .missingToken("</s>"))
        #expect(fault([0x0F]) == .message(byte: 1, expected: "a kind of field that is in use"))
        #expect(fault([0x0A, 0x50, 1]) == .message(byte: 1, expected: "80 bytes of field 1"))
    }

    @Test func `that is damaged is an error, or gives tokens of the vocabulary`() throws {
        let whole = try [UInt8](
            Data(contentsOf: packageFolder.appending(path: "Tests/Goldens/siglip/unigram/spiece.model")))
        var random = SeededRandom(seed: 5)
        var refused = 0
        for round in 0..<300 {
            var model = whole
            if round % 3 == 0 { model.removeLast(Int(random.next() % UInt64(whole.count))) }
            for _ in 0..<1 + round % 4 where !model.isEmpty {
                model[Int(random.next() % UInt64(model.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            do {
                let tokens = try tokens(model, of: "a photo of ½ ﬁ Ａ boots")
                #expect(tokens.count == 8 && tokens.allSatisfy { (0..<400).contains($0) })
            } catch is VisionModelsError { refused += 1 }
        }
        #expect((1..<300).contains(refused))
    }
}
