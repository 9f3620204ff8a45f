import Digests
import Files
import Foundation

/// A spiece.model of SentencePiece (Kudo and Richardson 2018): pieces with their scores, and how texts are normalised. Only
/// what cutting a text needs is read of the message; its fields are those of sentencepiece_model.proto.
struct SentencePieceModel: Sendable {
    enum Kind: UInt64 {
        case normal = 1, unknown, control, userDefined, unused, byte
    }

    struct Piece: Sendable {
        var text: [UInt8] = []
        var score: Float = 0
        var kind = Kind.normal
    }

    let file: String
    let digest: Digest
    let pieces: [Piece]
    /// By their bytes; of every kind.
    let numbers: [[UInt8]: Int]
    let unknown: Int
    let normalizer: SentencePieceNormalizer

    /// Pieces that are believed to be of a vocabulary.
    private static let most = 1 << 22

    init(_ url: URL) throws(VisionModelsError) {
        let mapped = try readingFiles { () throws(FileError) in try MappedFile(url) }
        var reader = Reader(bytes: mapped.bytes, file: mapped.path)
        try reader.readModel()
        (file, pieces) = (mapped.path, reader.pieces)
        func fault(_ key: String, _ expected: String) -> VisionModelsError {
            .malformedVocabulary(file: mapped.path, .encoding(key: key, expected: expected))
        }
        guard reader.modelType == 1 else {
            let found = [2: "pair encoding", 3: "words", 4: "letters"][reader.modelType] ?? "\(reader.modelType)"
            throw fault("trainer_spec.model_type", "a unigram model; nothing else is followed, and this is of \(found)")
        }
        guard !reader.isSuffixed else { throw fault("trainer_spec.treat_whitespace_as_suffix", "false") }
        guard !reader.fallsBackToBytes else { throw fault("trainer_spec.byte_fallback", "false") }
        guard reader.escapesSpaces else { throw fault("normalizer_spec.escape_whitespaces", "true") }
        var numbers: [[UInt8]: Int] = [:]
        for (number, piece) in reader.pieces.enumerated() {
            guard !piece.text.isEmpty, piece.score.isFinite else {
                throw fault("pieces[\(number)]", "a text and a finite score")
            }
            guard numbers.updateValue(number, forKey: piece.text) == nil else {
                throw fault("pieces[\(number)]", "\"\(String(decoding: piece.text, as: UTF8.self))\" only once")
            }
        }
        self.numbers = numbers
        let unknown = reader.pieces.indices.filter { reader.pieces[$0].kind == .unknown }
        guard unknown.count == 1 else { throw fault("pieces", "one piece of the kind unknown, not \(unknown.count)") }
        self.unknown = unknown[0]
        normalizer = try SentencePieceNormalizer(
            charsMap: mapped.bytes[reader.charsMap], addsSpace: reader.addsSpace, removesSpaces: reader.removesSpaces,
            userDefined: reader.pieces.filter { $0.kind == .userDefined }.map(\.text), file: mapped.path)
        digest = Digest(of: mapped.bytes)
    }

    /// What is gathered of the message.
    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        let file: String
        var pieces: [Piece] = []
        var modelType = UInt64(1)
        var (isSuffixed, fallsBackToBytes) = (false, false)
        var (addsSpace, removesSpaces, escapesSpaces) = (true, true, true)
        var charsMap = 0..<0

        init(bytes: UnsafeRawBufferPointer, file: String) { (self.bytes, self.file) = (bytes, file) }

        /// Every field of a message.
        private func fields(
            _ range: Range<Int>, _ body: (Int, ProtobufFields.Value) throws(VisionModelsError) -> Void
        ) throws(VisionModelsError) {
            var fields = ProtobufFields(bytes, in: range)
            while true {
                let field: ProtobufFields.Field?
                do throws(ProtobufFields.Fault) { field = try fields.next() } catch {
                    throw .malformedVocabulary(file: file, .message(byte: error.byte, expected: error.expected))
                }
                guard let field else { return }
                try body(field.number, field.value)
            }
        }

        mutating func readModel() throws(VisionModelsError) {
            var (found, trainer, normalizer): ([Range<Int>], [Range<Int>], [Range<Int>]) = ([], [], [])
            try fields(0..<bytes.count) { number, value throws(VisionModelsError) in
                guard case .bytes(let range) = value else { return }
                switch number {
                case 1: found.append(range)
                case 2: trainer.append(range)
                case 3: normalizer.append(range)
                default: break
                }
            }
            guard (1...SentencePieceModel.most).contains(found.count) else {
                throw .malformedVocabulary(
                    file: file, .encoding(key: "pieces", expected: "some, as a SentencePiece model has"))
            }
            for range in found { pieces.append(try piece(range)) }
            for range in trainer { try readTrainer(range) }
            for range in normalizer { try readNormalizer(range) }
        }

        private func piece(_ range: Range<Int>) throws(VisionModelsError) -> Piece {
            var piece = Piece()
            try fields(range) { number, value throws(VisionModelsError) in
                switch (number, value) {
                case (1, .bytes(let text)):
                    guard String(validating: bytes[text], as: UTF8.self) != nil else {
                        throw .malformedVocabulary(
                            file: file, .message(byte: text.lowerBound + 1, expected: "a piece in UTF-8"))
                    }
                    piece.text = Array(bytes[text])
                case (2, .four(let bits)): piece.score = Float(bitPattern: bits)
                case (3, .whole(let kind)):
                    guard let kind = Kind(rawValue: kind) else {
                        throw .malformedVocabulary(
                            file: file, .message(byte: range.lowerBound + 1, expected: "a known kind of piece"))
                    }
                    piece.kind = kind
                default: break
                }
            }
            return piece
        }

        private mutating func readTrainer(_ range: Range<Int>) throws(VisionModelsError) {
            var (type, isSuffixed, fallsBack) = (modelType, isSuffixed, fallsBackToBytes)
            try fields(range) { number, value throws(VisionModelsError) in
                switch (number, value) {
                case (3, .whole(let value)): type = value
                case (24, .whole(let value)): isSuffixed = value != 0
                case (35, .whole(let value)): fallsBack = value != 0
                default: break
                }
            }
            (modelType, self.isSuffixed, fallsBackToBytes) = (type, isSuffixed, fallsBack)
        }

        private mutating func readNormalizer(_ range: Range<Int>) throws(VisionModelsError) {
            var (map, adds, removes, escapes) = (charsMap, addsSpace, removesSpaces, escapesSpaces)
            try fields(range) { number, value throws(VisionModelsError) in
                switch (number, value) {
                case (2, .bytes(let range)): map = range
                case (3, .whole(let value)): adds = value != 0
                case (4, .whole(let value)): removes = value != 0
                case (5, .whole(let value)): escapes = value != 0
                default: break
                }
            }
            (charsMap, addsSpace, removesSpaces, escapesSpaces) = (map, adds, removes, escapes)
        }
    }
}
