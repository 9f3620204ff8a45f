import Analysis

/// Counts that come in, and the record of what was done.
extension State {
    /// Takes in a count, perhaps of some images only.
    mutating func count(_ outcome: InterventionOutcome, _ job: Job) {
        guard let asked = jobs.subject(.count) as? CountRequest else { return }
        let isComplete = asked.isEnough(outcome)
        guard jobs.accept(job, ends: isComplete) else { return }
        steer.outcome = (asked.steering, asked.target, outcome)
        guard isComplete else { return }
        let subject = SteerState.Subject(steering: asked.steering.curveSubject, target: asked.target)
        var points = steer.walked?.subject == subject ? steer.walked?.points ?? [] : []
        points.removeAll { $0.beta == asked.steering.active.beta }
        points.append(SteerState.WalkedPoint(beta: asked.steering.active.beta, accuracy: outcome.after))
        steer.walked = (subject, points.sorted { $0.beta < $1.beta })
    }

    /// Counts all images, or only until the estimate is sharp.
    mutating func switchPrecision() {
        steer.halfWidth = steer.halfWidth == nil ? 0.01 : nil
        tell(steer.halfWidth == nil ? "Counts all images" : "Stops once the interval is within one point")
    }

    mutating func writeSession(_ study: OpenStudy) {
        guard let target = locate.found?.target else { return }
        let readOut = SteerReading(self, study).readOut
        var record = steer.history.record(
            target: target.name, outcome: readOut.flatMap { $0.isCurrent && !$0.isFirstLook ? $0.outcome : nil })
        record.layer = study.facts.reference
        askName(of: .session(record))
    }
}
