import Digests
import Files
import Foundation

/// SigLIP's tokenizer, as transformers' SiglipTokenizer has it: lower case, without ASCII's punctuation, cut by SentencePiece,
/// then the end mark until all places are taken.
struct SentencePieceTokenizer: TextTokenizer {
    let file: String
    let digest: Digest
    let vocabularySize: Int
    private let length: Int
    private let unigram: Unigram
    private let lowercases: Bool
    private let end, padding: Int
    /// What stands for an unknown piece, written out.
    private let unknownText: String
    /// Pieces that text is cut into: it stands before each text while that is cut, so that a space at the text's beginning
    /// is not taken for one at the beginning of all.
    private let unknownPieces: Int
    /// Marks that are written out in a text and stand for themselves, white space around them theirs.
    private let marks: [(text: [Unicode.Scalar], token: Int)]
    private static let space: Unicode.Scalar = "\u{2581}"

    init(_ url: URL, _ settings: Settings?, length: Int) throws(VisionModelsError) {
        let model = try SentencePieceModel(url)
        func number(_ text: String) throws(VisionModelsError) -> Int {
            guard let number = model.numbers[Array(text.utf8)] else {
                throw .malformedVocabulary(file: model.file, .missingToken(text))
            }
            return number
        }
        (file, vocabularySize, self.length) = (model.file, model.pieces.count, length)
        unigram = Unigram(model)
        lowercases = try settings?.flag("do_lower_case", default: true) ?? true
        let endText = try settings?.token("eos_token", default: "</s>") ?? "</s>"
        let paddingText = try settings?.token("pad_token", default: "</s>") ?? "</s>"
        unknownText = try settings?.token("unk_token", default: "<unk>") ?? "<unk>"
        (end, padding) = (try number(endText), try number(paddingText))
        unknownPieces = unigram.pieces(of: unknownText).count
        var marks: [(text: [Unicode.Scalar], token: Int)] = []
        for text in Set([endText, paddingText, unknownText]).sorted() {
            marks.append((Array(text.unicodeScalars), try number(text)))
        }
        self.marks = marks
        // Others would be numbered after the vocabulary, or cut otherwise.
        if let settings, let added = settings["added_tokens_decoder"], case .object(let added) = added {
            let known = Set([endText, paddingText, unknownText])
            for (key, token) in added.sorted(by: { $0.key < $1.key }) {
                guard case .object(let token) = token, case .string(let text)? = token["content"], known.contains(text),
                    token["lstrip"] == .boolean(true), token["rstrip"] == .boolean(true)
                else {
                    throw settings.unsuitable(
                        "added_tokens_decoder", expected: "SigLIP's own marks alone, not what \(key) is")
                }
            }
        }
        digest = Digest(
            "SentencePieceTokenizer", model.digest, Digest(combining: [endText, paddingText, unknownText]),
            "\(lowercases)", "\(length)")
    }

    package func tokens(of text: String) -> [Int] {
        let scalars = [Self.space] + text.unicodeScalars.map { $0 == Self.space ? " " : $0 }
        let parts = cut(scalars)
        var tokens: [Int] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .mark(let token):
                // A space that stands alone before a mark is none.
                if index == 1, tokens == [spaceToken] { tokens = [] }
                tokens.append(token)
            case .text(let text): tokens += pieces(of: text)
            }
        }
        tokens = Array(tokens.prefix(length - 1))
        if tokens.last != end { tokens.append(end) }
        return tokens + [Int](repeating: padding, count: length - tokens.count)
    }

    private var spaceToken: Int? { unigram.model.numbers[SentencePieceNormalizer.space] }

    private enum Part {
        case mark(Int)
        case text([Unicode.Scalar])
    }

    /// A text at its marks.
    private func cut(_ text: [Unicode.Scalar]) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        func add(_ text: ArraySlice<Unicode.Scalar>) { if !text.isEmpty { parts.append(.text(Array(text))) } }
        while let (place, mark) = firstMark(in: rest) {
            add(PythonText.strippedEnd(rest[..<place]))
            parts.append(.mark(mark.token))
            rest = PythonText.strippedStart(rest[(place + mark.text.count)...])
        }
        add(rest)
        return parts
    }

    private func firstMark(
        in text: ArraySlice<Unicode.Scalar>
    ) -> (Int, (text: [Unicode.Scalar], token: Int))? {
        let starts = Set(marks.map { $0.text[0] })
        for place in text.indices where starts.contains(text[place]) {
            let found = marks.filter { text[place...].starts(with: $0.text) }
            if let longest = found.max(by: { $0.text.count < $1.text.count }) { return (place, longest) }
        }
        return nil
    }

    /// Tokens of a text without marks.
    private func pieces(of text: [Unicode.Scalar]) -> [Int] {
        let lower = lowercases ? PythonText.lowercased(text) : text
        var clean: [Unicode.Scalar] = []
        for scalar in lower where !PythonText.isPunctuation(scalar) {
            guard PythonText.isSpace(scalar) else {
                clean.append(scalar)
                continue
            }
            if clean.last != " " { clean.append(" ") }
        }
        let stripped = PythonText.strippedEnd(PythonText.strippedStart(clean[...]))
        let pieces = unigram.pieces(of: unknownText + PythonText.string(stripped))
        return Array(pieces.count >= unknownPieces ? pieces.dropFirst(unknownPieces) : pieces[...])
    }
}
