import Analysis

/// What is known of the interventions on show.
struct ReadOut: Equatable {
    var outcome: InterventionOutcome
    /// False while the answer to the present sliders is on its way, and this is the one before.
    var isCurrent: Bool
    /// The class it was read on, and the β it holds at.
    var target: ConceptClass
    var beta: Double
    /// Images that turned right, and that turned wrong; nil where only counts are known.
    var flipped: Flips?

    struct Flips: Equatable {
        var right: Int
        var wrong: Int
    }
}

extension State {
    /// The interventions as the sliders stand; nil before a concept was located. The selected one moves even while it
    /// is muted, on no units.
    var steering: Steering? {
        guard let found = locate.found, !found.units.isEmpty else { return nil }
        var interventions: [Intervention] = []
        var moving = 0
        for (position, entry) in steer.list.entries.enumerated() {
            if position == steer.list.selected {
                moving = interventions.count
                interventions.append(entry.intervention(on: found.units))
            } else if !entry.isMuted, let held = steer.known[entry.request(for: unitKind)] {
                interventions.append(entry.intervention(on: held.units))
            }
        }
        return Steering(interventions, moving: moving)
    }

    /// What a curve is to be computed for now.
    var steerSubject: SteerState.Subject? {
        guard let steering, let found = locate.found, !locate.isOfOtherWords else { return nil }
        return SteerState.Subject(steering: steering.curveSubject, target: found.target)
    }

    /// Accuracy before and after at the present β.
    var readOut: ReadOut? {
        guard let study else { return nil }
        return study.isLinear ? readOutOfCurve : readOutOfCount
    }

    private var readOutOfCurve: ReadOut? {
        guard let (subject, curve) = steer.curve else { return nil }
        let isCurrent = subject == steerSubject
        let beta = subject.operator == steer.operator ? steer.beta : subject.operator.identity
        let flips = curve.flips(at: beta)
        return ReadOut(
            outcome: curve.outcome(at: beta), isCurrent: isCurrent, target: subject.target, beta: beta,
            flipped: ReadOut.Flips(right: flips.right, wrong: flips.wrong))
    }

    private var readOutOfCount: ReadOut? {
        guard let (steering, target, outcome) = steer.outcome else { return nil }
        let isCurrent = steering == self.steering && target == locate.found?.target
        return ReadOut(outcome: outcome, isCurrent: isCurrent, target: target, beta: steering.active.beta)
    }
}
