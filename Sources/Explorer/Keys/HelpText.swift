import Analysis

/// The lines of the help overlay: keys from the key table, those of the panel at hand first, then what the figures mean.
enum HelpText {
    enum Line: Equatable {
        case heading(String)
        case key(String, String)
        case blank
    }

    /// Those in force without a dialog, the most general first.
    static let scopes = [
        Scope.browsing, .everywhere, .list, .units, .profile, .table, .steering, .changes, .findings, .map, .evaluation,
        .circuit, .comparing, .concepts, .comparingLayers, .work,
        .field,
    ]

    /// - Parameter nearest: the scopes of the panel that has the focus, the nearest first.
    static func lines(nearest: [Scope]) -> [Line] {
        let first = nearest.filter { scopes.contains($0) && $0 != .browsing && $0 != .everywhere }
        return Array(
            (first.flatMap(lines) + figures + scopes.filter { !first.contains($0) }.flatMap(lines)).dropLast())
    }

    private static func lines(of scope: Scope) -> [Line] {
        [.heading(scope.rawValue)]
            + KeyTable.bindings.filter { $0.scope == scope }
            .map { .key($0.keys.map(\.label).joined(separator: " "), $0.help) } + [.blank]
    }

    /// What a figure of the screens says, in a sentence.
    private static let figures: [Line] = {
        let sentences =
            Ranking.allCases.map { ($0.title, $0.explanation) } + [
                ("responds to", "concepts nearest to the unit's embedding, with their cosines"),
                (
                    "raises, lowers",
                    "classes by how far one deviation of the unit moves their logit against the mean of all"
                ),
                ("τ", "how many of the concept's best units are steered"),
                ("β", "what activations are multiplied by, or what is added to them along the unit's pole"),
                ("∆Acc", "accuracy after less before, in points: hundredths of all images of the class"),
                ("x–y % (95 %)", "where the accuracy of all images lies with 95 % certainty, while they are counted"),
                ("mean, dev", "of the activation over the probe images, in units of activation"),
                (
                    "heat",
                    "the unit's activation at each place of the layer, from cold to hot along its pole, on one scale for all "
                        + "pictures shown; ◆ or 9 is the hottest place"
                ),
                ("clarity", "how alike the most activating images are, less how alike any are; 0 is as mixed as any"),
                ("polysem", "how far the same images fall into two kinds; 0 is one kind"),
                ("redund", "the greatest cosine with another unit's embedding; 1 says the same"),
                ("select", "activation on its best class less that on the others, in standard deviations"),
                ("silhouette", "from −1 to 1: how much nearer units lie to their own group than to the next"),
                ("✓ ✗", "the model's answer is the image's true class, or is not"),
                (
                    "boot - heel",
                    "a concept less another, or more with +: their embeddings added up, blanks around the sign"
                ),
                ("image 12", "a probe image as the concept, alone or in a sum; i on the contact sheet (v) asks so"),
                ("like x 0.81", "the known concept nearest to what was typed, with its cosine"),
            ]
        return [.heading("What the figures mean")]
            + sentences.flatMap { term, sentence -> [Line] in
                let (terms, lines) = (wrapped(term, to: termWidth), wrapped(sentence, to: width))
                return (0..<max(terms.count, lines.count)).map { row -> Line in
                    .key(row < terms.count ? terms[row] : "", row < lines.count ? lines[row] : "")
                }
            } + [.blank]
    }()

    /// Columns of a key or a term.
    static let termWidth = 22

    /// Columns of a sentence.
    static let width = 47

    static func wrapped(_ text: String, to width: Int) -> [String] {
        text.split(separator: " ").reduce(into: [""]) { lines, word in
            let last = lines[lines.count - 1]
            let longer = last.isEmpty ? String(word) : last + " " + word
            if displayWidth(of: longer) <= width { lines[lines.count - 1] = longer } else { lines.append(String(word)) }
        }
    }
}

extension State {
    /// The lines of the help for the panel under it.
    var helpLines: [HelpText.Line] {
        var below = self
        below.overlay = nil
        return HelpText.lines(nearest: below.scopes)
    }
}
