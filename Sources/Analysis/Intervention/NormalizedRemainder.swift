import LinearAlgebra

/// The rest of a network that is a layer norm and a linear head: logits = V n + b with n = (x - mean) / σ ⊙ γ + δ; of
/// cosines, over ‖E n‖.
///
/// With the mean taken into the weights, V n + b = p / σ + r, where p is linear in x, σ² is quadratic in it, and r does
/// not depend on it. So along a line x + t d the logits are (p + t q) / σ(t) + r: no forward pass. E n is such a line
/// too, of few values, and its length is taken as it stands at t; it puts no class before another, so counting does
/// without it.
package struct NormalizedRemainder: Sendable, Equatable {
    let head: NormalizedMap
    /// E; nil where logits are divided by nothing.
    let embedding: NormalizedMap?

    /// - Parameters:
    ///   - weights: V [classes, units]
    ///   - scale: γ, and `shift` δ: one value a unit each.
    ///   - epsilon: what the layer norm adds to the variance.
    ///   - embedding: E [d, units], where logits are cosines.
    package init(
        weights: Tensor, bias: [Float], scale: [Float], shift: [Float], epsilon: Float, embedding: Tensor? = nil
    ) {
        head = NormalizedMap(weights: weights, bias: bias, scale: scale, shift: shift, epsilon: epsilon)
        self.embedding = embedding.map {
            NormalizedMap(
                weights: $0, bias: Array(repeating: 0, count: $0.rows), scale: scale, shift: shift, epsilon: epsilon)
        }
    }

    package var classes: Int { head.outputs }

    /// p of activations [N, units], before the division by σ: [N, classes]. Each layer's images need it once.
    package func products(_ activations: Tensor) -> Tensor { head.products(activations) }

    /// The class predicted for every image under `steering`.
    ///
    /// - Parameters:
    ///   - activations: what the layer norm takes, unedited: [images, units]
    ///   - products: `products(activations)`.
    package func predictions(_ activations: Tensor, products: Tensor, steering: Steering) -> [Int] {
        let units = UnitMoves(steering).indices
        let moves = NeuronReadings(activations: activations).moves(steering, rows: nil)
        return predictions(activations, products: products, units: units, moves, t: steering.step)
    }

    /// The same of activations whose `units` move, with the moving β `t` from its identity.
    func predictions(
        _ activations: Tensor, products: Tensor, units: [Int], _ moves: ActivationMoves, t: Double
    ) -> [Int] { head.predictions(activations, products: products, units, moves, t) }

    /// The logits of every image under `steering`: [images, classes]
    package func logits(_ activations: Tensor, products: Tensor, steering: Steering) -> Tensor {
        let units = UnitMoves(steering).indices
        let moves = NeuronReadings(activations: activations).moves(steering, rows: nil)
        return logits(activations, products: products, units: units, moves, t: steering.step)
    }

    /// The same of activations whose `units` move, with the moving β `t` from its identity.
    func logits(
        _ activations: Tensor, products: Tensor, units: [Int], _ moves: ActivationMoves, t: Double
    ) -> Tensor {
        let logits = head.values(activations, products: products, units, moves, t)
        guard let embedding else { return logits }
        let made = embedding.values(activations, products: embedding.products(activations), units, moves, t)
        return logits.divided(rows: made.norms())
    }
}

/// V ((x - mean) / σ ⊙ γ + δ) + b along the lines that interventions move x on.
struct NormalizedMap: Sendable, Equatable {
    /// V ⊙ γ, its rows centred: [outputs, units]
    let weights: Tensor
    /// r = V δ + b: one value an output.
    let offsets: [Float]
    let epsilon: Double

    var outputs: Int { weights.rows }

    init(weights: Tensor, bias: [Float], scale: [Float], shift: [Float], epsilon: Float) {
        precondition(weights.columns == scale.count && scale.count == shift.count && weights.rows == bias.count)
        let (outputs, units) = (weights.rows, weights.columns)
        var offsets = [Float](repeating: 0, count: outputs)
        self.weights = Tensor([outputs, units]) { target in
            weights.withUnsafe { v in
                for c in 0..<outputs {
                    let row = (0..<units).map { Double(v[c * units + $0]) * Double(scale[$0]) }
                    let mean = row.reduce(0, +) / Double(units)
                    for u in 0..<units { target[c * units + u] = Float(row[u] - mean) }
                    offsets[c] =
                        bias[c] + Float((0..<units).reduce(0.0) { $0 + Double(v[c * units + $1]) * Double(shift[$1]) })
                }
            }
        }
        self.offsets = offsets
        self.epsilon = Double(epsilon)
    }

    /// p of activations [N, units]: [N, outputs]
    func products(_ activations: Tensor) -> Tensor {
        let (images, units, outputs) = (activations.rows, activations.columns, outputs)
        return Tensor([images, outputs]) { target in
            // Every chunk writes rows of its own.
            nonisolated(unsafe) let target = target
            activations.withUnsafe { a in
                nonisolated(unsafe) let a = a
                weights.withUnsafe { w in
                    nonisolated(unsafe) let w = w
                    parallel((images + 255) / 256) { chunk in
                        let start = chunk * 256
                        multiply(
                            m: min(256, images - start), n: outputs, k: units, a.baseAddress! + start * units,
                            lda: units,
                            .plain, w.baseAddress!, ldb: units, .transposed,
                            into: target.baseAddress! + start * outputs, ldc: outputs)
                    }
                }
            }
        }
    }

    /// The first greatest output of every image.
    func predictions(
        _ activations: Tensor, products: Tensor, _ units: [Int], _ moves: ActivationMoves, _ t: Double
    ) -> [Int] {
        mapped(activations, products, units, moves, t) { p, q, deviation in
            offsets.withUnsafeBufferPointer { r in
                normalizedWinner(
                    p: p, q: q, r: r.baseAddress!, count: outputs, t: Float(t), deviation: Float(deviation))
            }
        }
    }

    /// All outputs of every image: [images, outputs]
    func values(
        _ activations: Tensor, products: Tensor, _ units: [Int], _ moves: ActivationMoves, _ t: Double
    ) -> Tensor {
        let rows = mapped(activations, products, units, moves, t) { p, q, deviation in
            (0..<outputs).map { Float((Double(p[$0]) + t * Double(q[$0])) / deviation) + offsets[$0] }
        }
        return Tensor([activations.rows, outputs], rows.flatMap { $0 })
    }

    /// What `body` makes of p, q and σ(t) of each image.
    private func mapped<Result: Sendable>(
        _ activations: Tensor, _ products: Tensor, _ moved: [Int], _ moves: ActivationMoves, _ t: Double,
        _ body: @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, Double) -> Result
    ) -> [Result] {
        let (held, moving) = (moves.held, moves.moving)
        let lines = ClassLines(
            base: products, weights: rows(of: moved), held: held, moving: moving,
            labels: Array(repeating: 0, count: activations.rows), origin: 0)
        let units = activations.columns
        return parallelMap(blocks(of: activations.rows, size: 64)) { images in
            activations.withUnsafe { a in
                held.withUnsafe { held in
                    moving.withUnsafe { moving in
                        lines.withImages(images) { image, row in
                            let x = a[image * units..<(image + 1) * units]
                            var sum = x.reduce(0.0) { $0 + Double($1) }
                            let mean = sum / Double(units)
                            // Squares around the unedited mean, lest a large mean cancel the variance away.
                            var squares = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
                            for (position, unit) in moved.enumerated() {
                                let at = image * moved.count + position
                                let move = Double(held[at]) + t * Double(moving[at])
                                let was = Double(a[image * units + unit]) - mean
                                sum += move
                                squares += move * (2 * was + move)
                            }
                            let drift = sum / Double(units) - mean
                            let variance = max(0, squares / Double(units) - drift * drift)
                            return body(row.p, row.q, (variance + epsilon).squareRoot())
                        }
                    }
                }
            }
        }.flatMap { $0 }
    }

    /// Rows of the weights' transpose, one a unit: [units, outputs]
    private func rows(of units: [Int]) -> Tensor {
        Tensor([units.count, outputs]) { target in
            weights.withUnsafe { w in
                for (row, unit) in units.enumerated() {
                    for c in 0..<outputs { target[row * outputs + c] = w[c * weights.columns + unit] }
                }
            }
        }
    }
}
