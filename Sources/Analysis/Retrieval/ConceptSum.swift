import LinearAlgebra

/// Concepts added and taken away, as people write them: `dog - leash + water`, `image 812 - boot`.
///
/// A sign counts where blanks stand around it, so that `t-shirt` and `blue+green` stay words; one that nothing follows yet
/// counts for nothing, so that a list does not jump while the next word is typed.
package struct ConceptSum: Sendable, Hashable {
    /// What is added or taken away.
    package enum Part: Sendable, Hashable {
        case words(String)
        /// The probe image of this number, from 0: `image 812` or `img:812`.
        case image(Int)

        init(_ text: String) {
            self = Self.image(text).map(Part.image) ?? .words(text)
        }

        /// The number of the image that a text names.
        private static func image(_ text: String) -> Int? {
            let words = text.split(whereSeparator: { $0.isWhitespace || $0 == ":" })
            guard words.count == 2, ["image", "img"].contains(words[0].lowercased()),
                words[1].allSatisfy({ $0.isASCII && $0.isNumber })
            else { return nil }
            return Int(words[1])
        }
    }

    package struct Term: Sendable, Hashable {
        package var part: Part
        package var isTakenAway: Bool
    }

    /// One at least, unless the text is empty.
    package private(set) var terms: [Term] = []

    package init(_ text: String) {
        var (words, isTakenAway) = ([Substring](), false)
        func close() {
            if !words.isEmpty {
                terms.append(Term(part: Part(words.joined(separator: " ")), isTakenAway: isTakenAway))
            }
            words = []
        }
        for word in text.split(whereSeparator: \.isWhitespace) {
            switch word {
            case "+", "-", "−":
                close()
                isTakenAway = word != "+"
            default: words.append(word)
            }
        }
        close()
    }

    /// A text that is one part, whatever signs are in it.
    package init(plain text: String) { terms = [Term(part: .words(text), isTakenAway: false)] }

    /// The words, where these are all there is: what a class of their name is looked up by.
    package var onlyWords: String? {
        guard terms.count == 1, !terms[0].isTakenAway, case .words(let words) = terms[0].part else { return nil }
        return words
    }

    /// Whether it names images.
    package var hasImages: Bool { terms.contains { if case .image = $0.part { true } else { false } } }

    /// The sum of the parts, made a unit vector again; nil where they cancel each other.
    ///
    /// - Parameter embedding: the unit vector of a part.
    package func embedding(of part: (Part) throws -> [Float]) rethrows -> [Float]? {
        guard terms.count > 1 || terms.first?.isTakenAway == true else {
            return try terms.first.map { try part($0.part) }
        }
        var sum: [Float] = []
        for term in terms {
            let vector = try part(term.part)
            if sum.isEmpty { sum = [Float](repeating: 0, count: vector.count) }
            for place in sum.indices { sum[place] += term.isTakenAway ? -vector[place] : vector[place] }
        }
        let length = sum.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        return length > 1e-3 ? sum.map { $0 / length } : nil
    }
}
