import Analysis

/// Other classes of a CLIP to count on.
extension State {
    mutating func editWords(_ study: OpenStudy) {
        guard let words = steer.list.words ?? study.ownWords else {
            return tell("These classes are the model's own; only a CLIP tells any others apart")
        }
        overlay = .words(WordsEditor(words))
    }

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
        guard let study else { return }
        stage = .open(study.counting(on: words, facts))
        (steer.curve, steer.outcome, steer.walked, steer.swept, steer.inspected) = (nil, nil, nil, nil, nil)
        steer.compared = [:]
        locate.isOfOtherWords = true
        jobs.forget(.locate, .locateHeld, .curve, .count, .inspect, .profile)
        let classes = counted(facts.countedClasses.count, "class", "classes")
        tell(words == nil ? "Counts on the study's own classes" : "Counts on \(classes) now; u takes it back", .success)
    }
}
