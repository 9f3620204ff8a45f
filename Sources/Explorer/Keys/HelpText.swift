import Analysis

/// The lines of the help overlay: keys from the key table, those of the panel at hand first, then what the figures mean.
enum HelpText {
    enum Line: Equatable, TableLine {
        case heading(String)
        case key(String, String)
        case blank

        var place: TablePlace {
            switch self {
            case .heading: .head
            case .key: .row
            case .blank: .outside
            }
        }
    }

    /// Those in force without a dialog, the most general first.
    static let scopes = [
        Scope.browsing, .everywhere, .list, .units, .profile, .table, .steering, .changes, .findings, .map, .evaluation,
        .circuit, .comparing, .concepts, .comparingLayers, .work,
        .field,
    ]

    /// A heading with what stands under it: keys and what they do, or figures and what they mean.
    private struct Section {
        var title: String
        var entries: [(term: String, text: String)]
        /// Whether long ones take several lines.
        var isProse = false

        var lines: [Line] {
            [.heading(title)]
                + entries.flatMap { term, text -> [Line] in
                    guard isProse else { return [.key(term, text)] }
                    let (terms, lines) = (wrapped(term, to: termWidth), wrapped(text, to: width))
                    return (0..<max(terms.count, lines.count)).map { row -> Line in
                        .key(row < terms.count ? terms[row] : "", row < lines.count ? lines[row] : "")
                    }
                } + [.blank]
        }

        /// Those entries that have a text in them, in whatever case; all where the heading has it.
        func matching(_ text: String) -> Section {
            let wanted = text.lowercased()
            guard !wanted.isEmpty, !title.lowercased().contains(wanted) else { return self }
            var section = self
            section.entries = entries.filter { ($0.term + " " + $0.text).lowercased().contains(wanted) }
            return section
        }
    }

    /// - Parameters:
    ///   - nearest: the scopes of the panel that has the focus, the nearest first.
    ///   - text: what is searched for.
    static func lines(nearest: [Scope], matching text: String = "") -> [Line] {
        let first = nearest.filter { scopes.contains($0) && $0 != .browsing && $0 != .everywhere }
        let sections = first.map(section) + [figures] + scopes.filter { !first.contains($0) }.map(section)
        return Array(sections.map { $0.matching(text) }.filter { !$0.entries.isEmpty }.flatMap(\.lines).dropLast())
    }

    private static func section(of scope: Scope) -> Section {
        Section(
            title: scope.rawValue,
            entries: KeyTable.bindings.filter { $0.scope == scope }
                .map { ($0.keys.map(\.label).joined(separator: " "), $0.help) })
    }

    /// What a figure of the screens says, in a sentence.
    private static let figures = Section(
        title: "What the figures mean",
        entries: Ranking.allCases.map { ($0.title, $0.explanation) } + [
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
            ("▎ + ★", "in the set to steer; picked by hand; marked as a finding"),
            ("cos", "the cosine of the unit's embedding and its best concept"),
            (
                "Pearson, AUPRC",
                "how well the unit's first concept foretells where it is active, on held-out images; 1 is exactly"
            ),
            ("dead", "no probe image activates it"),
            ("–", "not measured yet, or there is nothing to measure it by"),
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
            ("45- 17+ f3", "these units instead of a concept; soles = 45- 17+ names the set, : finds it again"),
            ("boot @ bag", "a concept or units, with accuracy read on this class; : offers the classes"),
            (
                "boot ~bag clarity>.5",
                "the filter of Units: what the best concept has, has not, and bounds on figures; class:bag and "
                    + "category:footwear are groups that # counts"
            ),
            ("like x 0.81", "the known concept nearest to what was typed, with its cosine"),
        ],
        isProse: true)

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

/// How far the help is scrolled, and what is searched for in it.
package struct HelpPlace: Sendable, Equatable {
    package var offset = 0
    /// Nil while all of it is shown.
    package var search: TextField?

    package init(search: TextField? = nil) { self.search = search }
}

extension State {
    /// The lines of the help for the panel under it: all of them, or those found.
    func helpLines(matching search: TextField?) -> [HelpText.Line] {
        var below = self
        below.overlay = nil
        return HelpText.lines(nearest: below.scopes, matching: search?.text.trimmed ?? "")
    }

    mutating func scroll(_ place: HelpPlace, _ move: ListCursor.Move) {
        var place = place
        let height = max(1, size.rows - (place.search == nil ? 3 : 4))
        let last = max(0, helpLines(matching: place.search).count - height)
        place.offset = move.scrolled(from: place.offset, height: height, last: last)
        overlay = .help(place)
    }
}
