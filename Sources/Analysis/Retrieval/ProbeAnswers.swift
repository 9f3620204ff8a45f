import LinearAlgebra

/// The model's own answers on the probe images, and how they hang on the target layer: what rankings against rivals and by
/// attribution read beside activations.
package struct ProbeAnswers: Sendable {
    /// [N, classes]
    package let logits: Once<Tensor>
    /// g: for each image of a range ∂ log p_ĉ/∂a at the pooled vector, ĉ its own prediction: [range.count, units]
    package let gradients: ImageVectors
    /// Mean over the images predicted c of a_i ∂ log p_c/∂a_i, neuron by neuron: [classes, units]
    package let attribution: Once<Tensor>
    /// Whether gradients are known.
    package let isDifferentiable: Bool

    package init(
        logits: Once<Tensor>, gradients: @escaping ImageVectors, attribution: Once<Tensor>,
        isDifferentiable: Bool = true
    ) {
        (self.logits, self.gradients, self.attribution) = (logits, gradients, attribution)
        self.isDifferentiable = isDifferentiable
    }

    /// Those that units can be ranked by.
    var rankings: [Ranking] { Ranking.allCases.filter { $0 != .attribution || isDifferentiable } }

    /// Of a layer whose pooled vector is all that the rest of the network reads of it.
    ///
    /// - Parameters:
    ///   - gradients: ∂ log p_ĉ/∂a of activations [n, units], from their logits and ĉ.
    package init(
        logits: Once<Tensor>, probe: ProbeActivations,
        gradients: @escaping @Sendable (_ activations: Tensor, _ logits: Tensor, _ predictions: [Int]) throws -> Tensor
    ) {
        let vectors: ImageVectors = { range in
            try gradients(
                probe.values.rows(range), logits.value.rows(range), Array(probe.predictions[range]))
        }
        self.init(
            logits: logits, gradients: vectors,
            attribution: Once {
                try probe.attribution(of: vectors, along: nil, classes: probe.statistics.classCounts.count)
            })
    }

    /// Of a layer that a linear head follows.
    package init(_ probe: ProbeActivations, head: LinearRemainder) {
        self.init(logits: Once { head.logits(try probe.values) }, probe: probe) {
            head.gradients($0, logits: $1, predictions: $2)
        }
    }

    /// Σ_k p_k(x) c_k for each image: what the model takes it for, in the concept space. [range.count, d]
    ///
    /// - Parameter classes: c, [classes, d].
    func rivals(_ classes: Tensor) -> ImageVectors {
        { [logits] range in
            let all = try logits.value
            defer { all.release(rows: range) }
            var p = all.rows(range)
            p.applySoftmax()
            return multiply(p, .plain, classes)
        }
    }
}

extension UnitStatistics {
    /// Mean over the images predicted c of a_i (g·d_i): [classes, units]
    ///
    /// - Parameters:
    ///   - gradients: g of each image.
    ///   - directions: d_i [units, width]; nil where a unit is a coordinate of g.
    func attribution(
        of gradients: ImageVectors, along directions: Tensor?, classes: Int,
        checkCancellation: () throws -> Void = {}
    ) throws -> Tensor {
        try sums(
            over: WeightedImages(classes: predictions, of: classes), of: gradients, along: directions,
            checkCancellation: checkCancellation)
    }
}
