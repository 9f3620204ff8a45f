import LinearAlgebra

// ∂ log p_ĉ/∂a of each image's own prediction ĉ, with p the softmax of the logits. Where logits are cosines, the length of
// the image's embedding is held: it puts no class before another, so it is no part of what an intervention is counted by.

extension LinearRemainder {
    /// (1_ĉ - p) V, over ‖E a‖ of cosines: [N, units]
    package func gradients(_ activations: Tensor, logits: Tensor, predictions: [Int]) -> Tensor {
        let gradients = multiply(logits.surprise(predictions), .plain, weights)
        guard let embedding else { return gradients }
        return gradients.divided(rows: multiply(activations, .plain, embedding, .transposed).norms())
    }
}

extension NormalizedRemainder {
    /// With u = (1_ĉ - p) V ⊙ γ, its rows centred, and y = (x - mean) / σ: (u - y (u·y) / units) / σ; of cosines, over
    /// ‖E n‖. [N, units]
    package func gradients(_ activations: Tensor, logits: Tensor, predictions: [Int]) -> Tensor {
        let gradients = head.gradients(activations, of: logits.surprise(predictions))
        guard let embedding else { return gradients }
        return gradients.divided(rows: embedding.values(activations).norms())
    }
}

extension NormalizedMap {
    /// The outputs at activations [N, units]: [N, outputs]
    func values(_ activations: Tensor) -> Tensor {
        let (_, deviations) = activations.standardized(epsilon: epsilon)
        var values = products(activations).divided(rows: deviations)
        values.add(bias: Tensor([outputs], offsets))
        return values
    }

    /// ∂(r·outputs)/∂x for each row r of `weighting` [N, outputs]: [N, units]
    func gradients(_ activations: Tensor, of weighting: Tensor) -> Tensor {
        let (standard, deviations) = activations.standardized(epsilon: epsilon)
        var gradients = multiply(weighting, .plain, weights)
        let units = gradients.columns
        gradients.withUnsafeMutable { u in
            standard.withUnsafe { y in
                for (row, deviation) in deviations.enumerated() {
                    let range = row * units..<(row + 1) * units
                    let along = range.reduce(Float(0)) { $0 + u[$1] * y[$1] } / Float(units)
                    for i in range { u[i] = (u[i] - y[i] * along) / deviation }
                }
            }
        }
        return gradients
    }
}

extension Tensor {
    /// 1_ĉ - softmax of each row.
    fileprivate func surprise(_ predictions: [Int]) -> Tensor {
        precondition(predictions.count == rows, "a prediction for each row")
        var result = self
        result.applySoftmax()
        let columns = columns
        result.withUnsafeMutable { p in
            for i in p.indices { p[i].negate() }
            for (row, c) in predictions.enumerated() { p[row * columns + c] += 1 }
        }
        return result
    }

    /// Each row less its mean, over its standard deviation with `epsilon` added to the variance; and these deviations.
    fileprivate func standardized(epsilon: Double) -> (rows: Tensor, deviations: [Float]) {
        var (result, deviations) = (self, [Float]())
        let (rows, columns) = (rows, columns)
        result.withUnsafeMutable { x in
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let mean = range.reduce(0.0) { $0 + Double(x[$1]) } / Double(columns)
                let variance =
                    range.reduce(0.0) { $0 + (Double(x[$1]) - mean) * (Double(x[$1]) - mean) } / Double(columns)
                let deviation = (variance + epsilon).squareRoot()
                for i in range { x[i] = Float((Double(x[i]) - mean) / deviation) }
                deviations.append(Float(deviation))
            }
        }
        return (result, deviations)
    }
}
