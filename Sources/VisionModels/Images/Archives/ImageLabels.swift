import Files

/// The classes of images as their labels say them, one text an image: all numbers, which are classes of the model, or all
/// names, which are paired with its classes as those of folders are.
struct ImageLabels {
    /// A label that is not of the kind of those before it.
    struct Mismatch: Error {
        var index: Int
        var expected: String
        var found: String
    }

    /// The class of each image; nil where none is said.
    let classes: [Int32?]
    /// What they are indices of, in order; nil where labels are numbers.
    let names: [String]?

    /// - Parameters:
    ///   - texts: nil or empty where an image has no label.
    ///   - areNames: whether numbers are names too, as those of folders are.
    init(_ texts: [String?], areNames: Bool = false) throws(Mismatch) {
        let texts = texts.map { $0 == "" ? nil : $0 }
        let first = texts.lazy.compactMap(\.self).first
        if !areNames, let first, let number = Int32(first) {
            var classes: [Int32?] = []
            for (index, text) in texts.enumerated() {
                guard let text else {
                    classes.append(nil)
                    continue
                }
                guard let label = Int32(text), label >= 0 else {
                    let expected = "a number from 0" + (number >= 0 ? ", as labels before it are" : "")
                    throw Mismatch(index: index, expected: expected, found: String(text.prefix(80)))
                }
                classes.append(label)
            }
            (self.classes, names) = (classes, nil)
        } else {
            let sorted = Set(texts.compactMap(\.self)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element, Int32($0.offset)) })
            classes = texts.map { $0.flatMap { places[$0] } }
            names = sorted.isEmpty ? nil : sorted
        }
    }
}

extension JSON {
    /// A label: a whole number or a name; nil where it is none.
    var label: String? {
        switch self {
        case .number: integer.map(String.init)
        case .string(let text): text
        default: nil
        }
    }
}
