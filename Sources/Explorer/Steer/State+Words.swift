import Analysis

/// Other classes of a CLIP to count on.
extension State {
    mutating func accept(_ editor: WordsEditor) {
        switch editor.words {
        case .success(let words):
            overlay = nil
            steer.list.words = words == study?.ownWords ? nil : words
        case .failure(let problem):
            var editor = editor
            editor.problem = problem.text
            overlay = .words(editor)
        }
    }

    /// From now on, accuracy is counted on classes of these words: what was known of others is let go of.
    mutating func count(on words: ClassWords?, _ facts: StudyFacts) {
        guard var study else { return }
        (study.facts, study.words) = (facts, words)
        stage = .open(study)
        (steer.curve, steer.outcome, steer.walked, steer.swept, steer.inspected) = (nil, nil, nil, nil, nil)
        locate.isOfOtherWords = true
        jobs.forget(.locate, .locateHeld, .curve, .count, .inspect, .profile)
        let classes = counted(facts.countedClasses.count, "class", "classes")
        message = Message(
            text: words == nil ? "Counts on the study's own classes" : "Counts on \(classes) now; u takes it back",
            tone: .success)
    }
}
