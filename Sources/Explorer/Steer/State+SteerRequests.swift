import Analysis

/// What is asked to be counted.
struct CountRequest: Hashable, Sendable {
    var steering: Steering
    var target: ConceptClass
    var halfWidth: Double?

    /// Whether an outcome is as sharp as was asked for.
    func isEnough(_ outcome: InterventionOutcome) -> Bool {
        outcome.isComplete || halfWidth.map { outcome.halfWidth <= $0 } ?? false
    }
}

/// What is asked to be shown image by image; again as the count goes on.
struct InspectRequest: Hashable, Sendable {
    var steering: Steering
    var images: Int
}

extension State {
    /// The figures and curves that the sliders need.
    mutating func steeringRequests(_ study: OpenStudy, _ layout: Layout) -> [Effect] {
        guard layout[.steering] != nil, let subject = steerSubject(of: steering) else { return [] }
        switch study.facts.remainder {
        case .linear:
            let next = locate.found?.units.prefix(SteerState.largestSet).dropFirst(steer.setSize).map(\.unit) ?? []
            return jobs.start(.curve, for: subject).map {
                [.curve(subject.steering, target: subject.target, over: sliderRange(study), next: next, $0)]
            } ?? []
        case .normalized: return countRequests(subject) + sweepRequests(subject, sliderRange(study))
        case .resumed: return countRequests(subject)
        case .none: return []
        }
    }

    private mutating func countRequests(_ subject: SteerState.Subject) -> [Effect] {
        let request = CountRequest(
            steering: subject.steering.at(steer.beta), target: subject.target, halfWidth: steer.halfWidth)
        return jobs.start(.count, for: request).map {
            [.count(request.steering, target: request.target, within: request.halfWidth, $0)]
        } ?? []
    }

    private mutating func sweepRequests(
        _ subject: SteerState.Subject, _ range: ClosedRange<Double>
    ) -> [Effect] {
        guard let job = jobs.start(.curve, for: subject) else { return [] }
        let betas = (0...80).map { range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / 80 }
        return [.sweep(subject.steering, target: subject.target, at: betas, job)]
    }

    /// The β the slider in force can take.
    private func sliderRange(_ study: OpenStudy) -> ClosedRange<Double> {
        (steer.operator == .scaling ? Slider.scaling : study.adding).range
    }

    /// Asks for the units of an intervention that holds, where they are not known: after a start, or an undo.
    mutating func heldRequest() -> Effect? {
        let missing = steer.list.entries.enumerated().first { position, entry in
            position != steer.list.selected && !entry.concept.isEmpty
                && steer.known[entry.request(for: unitKind)] == nil
        }
        guard let (_, entry) = missing, let job = jobs.start(.locateHeld, for: entry.request(for: unitKind)) else {
            return nil
        }
        return .locate(concept: entry.concept, entry.ranking, unitKind, job)
    }

    /// What happened to single images, while it shows.
    mutating func inspectRequests(_ study: OpenStudy) -> [Effect] {
        guard case .changes = overlay else { return [] }
        let reading = SteerReading(self, study)
        guard let steering = reading.steering else { return [] }
        let request = InspectRequest(steering: steering, images: reading.readOut?.outcome.images ?? 0)
        return jobs.start(.inspect, for: request).map { [.inspect(steering, $0)] } ?? []
    }
}
