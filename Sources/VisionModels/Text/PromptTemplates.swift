import LinearAlgebra

/// Texts a concept is placed into before it is embedded. Several make an ensemble (Radford et al. 2021, section 3.1.4): the
/// concept's embedding is the mean of the unit embeddings, made a unit vector again.
package struct PromptTemplates: Sendable, Hashable {
    /// What stands for the concept.
    package static let placeholder = "{}"

    /// One or more, each with a placeholder.
    package let templates: [String]

    /// The concept as it is.
    package static let plain = PromptTemplates([placeholder])

    /// - Precondition: at least one.
    package init(_ templates: [String]) {
        precondition(!templates.isEmpty, "a concept needs at least one template")
        self.templates = templates
    }

    /// The concept in every template.
    package func prompts(for concept: String) -> [String] {
        templates.map {
            $0.split(separator: Self.placeholder, omittingEmptySubsequences: false).joined(separator: concept)
        }
    }

    /// Embeddings of concepts: unit rows [concepts.count, d].
    ///
    /// - Parameter embed: the concept encoder, n prompts -> unit rows [n, d].
    package func embed(_ concepts: [String], _ embed: ([String]) throws -> Tensor) rethrows -> Tensor {
        let prompts = try embed(concepts.flatMap(prompts(for:)))
        guard templates.count > 1 else { return prompts }
        let (width, count) = (prompts.columns, templates.count)
        let means = Tensor([concepts.count, width]) { means in
            prompts.withUnsafe { prompts in
                for concept in concepts.indices {
                    for column in 0..<width {
                        var sum: Float = 0
                        for template in 0..<count { sum += prompts[(concept * count + template) * width + column] }
                        means[concept * width + column] = sum / Float(count)
                    }
                }
            }
        }
        return means.normalized()
    }
}
