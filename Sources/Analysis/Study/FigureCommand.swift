/// Command lines that give a figure again, each ready for a shell.
package struct FigureCommand: Sendable {
    /// The study's folder, and the layer.
    package var study: String
    package var layer: LayerReference

    package init(study: String, layer: LayerReference) { (self.study, self.layer) = (study, layer) }

    /// `miclip describe norm:17+ --study …`: a unit's concepts, with its scores.
    package func describe(_ unit: InternalUnit) -> String { text(["describe", unit.description]) }

    /// `miclip locate boot --ranking rivals --top 3 --study …`: units down to one's rank.
    package func locate(_ found: Localization, top: Int) -> String {
        text(
            ["locate", found.concept, "--ranking", found.ranking.rawValue, "--top", "\(top)"]
                + (found.target.origin == .chosen ? ["--class", found.target.name] : [])
                + (found.units.first?.unit.kind == .feature ? ["--units", "features"] : []))
    }

    /// `miclip intervene --units norm:45-,norm:17+ --scale 0.0 --class boot --study …`: the very units, in the order in
    /// which the interventions act. Nil where nothing is edited.
    package func intervene(_ steering: Steering, _ target: ConceptClass) -> String? {
        let acting = steering.interventions.filter { !$0.units.isEmpty }
        guard let first = acting.first else { return nil }
        let further = acting.dropFirst().flatMap { intervention -> [String] in
            let names = intervention.units.map(\.description).joined(separator: " ")
            let beta = "\(intervention.beta)"
            let strength =
                intervention.operator == .scaling
                ? "x" + beta : (intervention.beta.sign == .minus ? "" : "+") + beta
            return ["--and", "\(names):\(strength):\(intervention.units.count)"]
        }
        return text(
            [
                "intervene", "--units", first.units.map(\.description).joined(separator: ","),
                first.operator == .scaling ? "--scale" : "--add", "\(first.beta)",
            ] + further + ["--class", target.name])
    }

    private func text(_ words: [String]) -> String {
        let place = ["--study", study, "--model", layer.model, "--layer", "\(layer.layer):\(layer.pooling)"]
        return (["miclip"] + words + place + (layer.reader == .probe ? ["--probe-head"] : []))
            .map(shellQuoted).joined(separator: " ")
    }
}

/// A word as a shell takes it for one, whatever is in it.
package func shellQuoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "-_./=:,+@%".unicodeScalars.contains(scalar))
    }
    return plain && !word.isEmpty
        ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
