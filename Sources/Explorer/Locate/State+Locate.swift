import Analysis

/// The concept: one for Locate and Steer, that of the selected intervention.
extension State {
    /// The concept as its field shows it: what is being typed, blanks at its ends and all.
    package var concept: TextField {
        get {
            let text = steer.list.active.concept
            if let draft = locate.draft, draft.text.trimmed == text { return draft }
            return TextField(text)
        }
        set {
            locate.draft = newValue
            let text = newValue.text.trimmed
            guard steer.list.active.concept != text else { return }
            let layer = study?.facts.layer ?? ""
            let wasSet = !ConceptText(steer.list.active.concept, layer: layer).units.isEmpty
            steer.list.active.concept = text
            // The size of a set picked by hand says nothing of how many units of a concept are wanted.
            if wasSet, ConceptText(text, layer: layer).units.isEmpty { steer.setSize = SteeringEntry().setSize }
            suitRanking(to: text)
        }
    }

    /// By what its units are ranked.
    package var ranking: Ranking {
        get { steer.list.active.ranking }
        set { steer.list.active.ranking = newValue }
    }

    /// Against rivals an image says what it has beyond its own class; by contribution it has that class's units. So images are
    /// ranked by contribution, and words behind them as before.
    private mutating func suitRanking(to text: String) {
        if ConceptSum(text).hasImages {
            guard ranking == .rivals, study?.facts.reader.rankings.contains(.contribution) == true else { return }
            (locate.rankingOfWords, ranking) = (ranking, .contribution)
            tell("An image is ranked by contribution; r changes it")
        } else if let before = locate.rankingOfWords {
            if ranking == .contribution { ranking = before }
            locate.rankingOfWords = nil
        }
    }

    /// Looks for the known concept that the text fits, as it was just typed.
    mutating func suggestConcept() {
        let field = concept
        locate.completion = nil
        guard field.isAtEnd, let study, let typed = Completed(field.text, layer: study.facts.layer) else { return }
        let match = FuzzyMatch(typed.word)
        var best: (name: String, score: Int)?
        for name in [locate.recent, study.facts.classes, units.conceptNames].joined() {
            guard let score = match.score(name), score > best?.score ?? .min else { continue }
            // Sets of units and sums are recalled whole, by ↑.
            guard !name.contains(":"), !name.contains(" = "), !name.contains(" @ ") else { continue }
            best = (name, score)
        }
        guard let best, best.name.lowercased() != typed.word.lowercased() else { return }
        locate.completion = best.name
    }

    /// → at the end of the field: the concept that was suggested. False where none was.
    mutating func completeConcept() -> Bool {
        guard overlay == nil, focus == .concept, let name = locate.completion, let study,
            let typed = Completed(concept.text, layer: study.facts.layer), concept.isAtEnd
        else { return false }
        concept = TextField(typed.before + name)
        locate.completion = nil
        return true
    }

    /// What stands behind the @ of the concept at hand where no class is called so: the answer was tied to none.
    var unknownClass: String? {
        guard let study, let found = locate.found, found.target.origin != .chosen else { return nil }
        return ConceptText(found.concept, layer: study.facts.layer).className
    }

    mutating func focusConcept() {
        locate.completion = nil
        if layout[.concept] == nil { screen = .locate }
        if screen == .locate, let study { leaveSet(study) }
        locate.before = concept.text
        locate.recalled = nil
        focus = .concept
        concept.selectAll()
    }

    /// Looks for the units of a concept that was named elsewhere, on Locate unless Steer is on the screen.
    mutating func lookFor(_ text: String, _ study: OpenStudy) {
        if screen != .steer { screen = .locate }
        leaveSet(study)
        concept = TextField(text)
        focus = screen == .steer ? .steering : .units
    }

    /// i: the units of the image under the cursor of the contact sheet.
    mutating func locateImage() {
        guard let study, case .sheet(let place) = overlay, let sheet = profile.sheet, sheet.unit == wantedUnit,
            let image = place.image(on: sheet)
        else { return }
        overlay = nil
        lookFor("image \(image.image)", study)
    }

    /// What the field said before it was typed in.
    mutating func putBack() {
        guard focus == .concept, let before = locate.before, !before.isEmpty, before != concept.text else { return }
        concept = TextField(before)
    }

    /// An older concept of the session into the field, or a newer one; from the newest down to the list.
    mutating func recall(by step: Int) {
        guard focus == .concept else { return leaveField() }
        let place = (locate.recalled ?? -1) + step
        guard place >= 0 else { return locate.recalled == nil ? leaveField() : forgetRecall() }
        guard locate.recent.indices.contains(place) else { return }
        (locate.recalled, locate.completion) = (place, nil)
        concept = TextField(locate.recent[place])
    }

    private mutating func forgetRecall() {
        locate.recalled = nil
        if let before = locate.before { concept = TextField(before) }
    }

    /// Remembers the concept once it is no longer typed.
    mutating func rememberConcept() {
        let text = steer.list.active.concept
        guard focus != .concept, !text.isEmpty, locate.recent.first != text else { return }
        locate.recent.removeAll { $0 == text }
        locate.recent.insert(text, at: 0)
        if locate.recent.count > 100 { locate.recent.removeLast() }
    }

    /// What to ask for the concept's units by; nil without a concept.
    var locateRequest: LocateRequest? {
        let request = steer.list.active.request(for: unitKind)
        return request.concept.isEmpty ? nil : request
    }

    /// Takes in the units of a concept: the selected intervention's, or one's that holds.
    mutating func locate(_ found: Localization, isExact: Bool, _ job: Job) {
        guard jobs.accept(job, ends: isExact) else { return }
        if isExact { learn(found) }
        switch job.kind {
        case .locate: locate.show(found, isExact: isExact)
        case .conceptPair: conceptPair.found = found
        default: break
        }
    }

    /// Remembers the units of a concept in the list.
    private mutating func learn(_ found: Localization) {
        let request = LocateRequest(answeredBy: found, units: unitKind)
        guard steer.list.entries.contains(where: { $0.request(for: request.units) == request }) else { return }
        if steer.known.count > 200 {
            let wanted = Set(steer.list.entries.map { $0.request(for: unitKind) })
            steer.known = steer.known.filter { wanted.contains($0.key) }
        }
        steer.known[request] = found
    }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

/// What is typed in the concept field, cut where its last part begins: `boot - san` at `san`.
private struct Completed {
    let before: String
    let word: String

    /// Nil where units are named, or too little is typed to go by.
    init?(_ text: String, layer: String) {
        guard ConceptText(text, layer: layer).units.isEmpty, !text.contains("@") else { return nil }
        var start = text.startIndex
        for sign in [" + ", " - ", " − "] {
            if let found = text.ranges(of: sign).last { start = max(start, found.upperBound) }
        }
        (before, word) = (String(text[..<start]), String(text[start...]))
        guard word.trimmed.count > 1 else { return nil }
    }
}
