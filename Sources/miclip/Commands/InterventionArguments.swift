import Analysis
import ArgumentParser
import Workbench

/// Interventions as a command line writes them: the first by its own options, further ones as `--and CONCEPT:β` for
/// scaling, `--and CONCEPT:+β` or `--and CONCEPT:-β` for shifts, with `:TOP` behind where τ differs.
struct FurtherIntervention: ExpressibleByArgument {
    var concept: String
    var `operator`: Operator
    var beta: Double
    var top: Int?

    /// `boot:x0`, `boot:x2:10`, `boot:+0.5`, `boot:-0.5:5`
    init?(argument: String) {
        var parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let last = parts.popLast() else { return nil }
        var strength = last
        if let size = Int(last), last.allSatisfy(\.isNumber), parts.count >= 2, let before = parts.popLast() {
            guard size > 0 else { return nil }
            (top, strength) = (size, before)
        }
        guard let sign = strength.first, "x×+-".contains(sign), !parts.isEmpty else { return nil }
        let isScaling = sign == "x" || sign == "×"
        guard let beta = Double(isScaling ? String(strength.dropFirst()) : strength), beta.isFinite else { return nil }
        concept = parts.joined(separator: ":")
        `operator` = isScaling ? .scaling : .adding
        self.beta = beta
    }
}

/// What is steered: the best neurons or features of a concept, or units by name, as in `norm:45-,norm:17+`.
enum SteeredUnits: ExpressibleByArgument {
    case ofConcept(UnitChoice)
    case named(text: String, kinds: [UnitKind], count: Int)

    init?(argument: String) {
        if let choice = UnitChoice(rawValue: argument) {
            self = .ofConcept(choice)
            return
        }
        // Names without a layer are of the layer that is studied.
        let units = ConceptText(argument, layer: "-").units
        guard !units.isEmpty else { return nil }
        self = .named(text: argument, kinds: UnitKind.allCases.filter(units.map(\.kind).contains), count: units.count)
    }

    /// One, or both where units are named.
    var kinds: [UnitKind] {
        switch self {
        case .ofConcept(let choice): [choice.kind]
        case .named(_, let kinds, _): kinds
        }
    }

    var areNamed: Bool { text != nil }

    var text: String? { if case .named(let text, _, _) = self { text } else { nil } }

    var count: Int? { if case .named(_, _, let count) = self { count } else { nil } }
}

extension SteeringList {
    /// The interventions the list stands for, with the class of the selected one; what is muted does nothing.
    func steering(
        in study: StudiedLayer, units: UnitKind? = nil, chosenClass: Int? = nil
    ) throws -> (steering: Steering, target: ConceptClass) {
        var interventions: [Intervention] = []
        var target: ConceptClass?
        for (position, entry) in entries.enumerated() {
            let isSelected = position == selected
            guard isSelected || !entry.concept.isEmpty else { continue }
            let found = try study.locate(
                entry.concept, ranking: entry.ranking, chosenClass: isSelected ? chosenClass : nil,
                units: units ?? self.units)
            if isSelected { target = found.target }
            interventions.append(entry.intervention(on: found.units))
        }
        guard let target else { preconditionFailure("a list without a selected entry") }
        let before = entries[..<selected].count { !$0.concept.isEmpty }
        return (Steering(interventions, moving: before), target)
    }
}
