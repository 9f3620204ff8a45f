import Algorithms

/// Words for the classes of a model that takes any (CLIP, zero-shot), and the prompts they are put into.
///
/// They say what accuracy is counted on; activations, units and the neuron encoder do not depend on them.
package struct ClassWords: Sendable, Hashable, Codable {
    private enum CodingKeys: String, CodingKey { case lines, templates }

    /// A name for each label, in order. Labels of one name are one class; names beyond the labels are classes without
    /// images.
    package var lines: [String]
    /// One or more, each with `{}` for the name.
    package var templates: [String]

    package init(lines: [String], templates: [String] = ["{}"]) {
        self.lines = lines
        self.templates = templates
    }

    /// The classes: each name once, but for case, in order.
    package var names: [String] {
        Array(lines.uniqued(on: { $0.lowercased() }))
    }

    /// Of each line, the position of its class in `names`.
    package var places: [Int] {
        let order = names.enumerated().reduce(into: [String: Int]()) { $0[$1.element.lowercased()] = $1.offset }
        return lines.map { order[$0.lowercased()] ?? 0 }
    }

    /// Where images sorted into `classes` belong: to the classes of the same names where all have one, else line by
    /// line. One position in `names` a class; nil where there are too few lines.
    package func places(of classes: [String]) -> [Int]? {
        let order = names.enumerated().reduce(into: [String: Int]()) { $0[$1.element.lowercased()] = $1.offset }
        let byName = classes.compactMap { order[$0.lowercased()] }
        if byName.count == classes.count { return byName }
        return lines.count >= classes.count ? Array(places.prefix(classes.count)) : nil
    }
}
