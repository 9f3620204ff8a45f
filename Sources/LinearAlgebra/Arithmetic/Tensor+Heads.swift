import CKernels

extension Tensor {
    /// silu(gate) · value of rows that have the gate before the value: [..., 2 n] -> [..., n] (Shazeer 2020, SwiGLU).
    package func gatedBySiLU() -> Tensor {
        let (rows, columns) = (rows, columns / 2)
        return Tensor(shape.dropLast() + [columns]) { result in
            withUnsafe { kernel_silu_gate($0.baseAddress!, result.baseAddress!, rows, columns) }
        }
    }

    /// Normalises each head's part of each row, the heads side by side from column `first` on: [..., 3 D], in place.
    ///
    /// - Parameters:
    ///   - scale: and `shift`, of one head: [D / heads]
    package mutating func normalizeHeads(
        _ heads: Int, from first: Int, scale: Tensor, shift: Tensor, epsilon: Float
    ) {
        let (rows, columns) = (rows, columns)
        scale.withUnsafe { scale in
            shift.withUnsafe { shift in
                withUnsafeMutable { x in
                    for row in 0..<rows {
                        let head = x.baseAddress! + row * columns + first
                        kernel_layer_norm(
                            head, scale.baseAddress!, shift.baseAddress!, head, heads, scale.count, epsilon)
                    }
                }
            }
        }
    }

    /// Rotates the queries and keys of the last tokens of each image by their places: [B, T, 3 D], in place.
    ///
    /// - Parameter cosines: and `sines`, of the last tokens: [tokens, D / heads / 2]
    package mutating func rotateHeads(_ heads: Int, cosines: Tensor, sines: Tensor) {
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        let (rotated, half) = (cosines.rows, cosines.columns)
        cosines.withUnsafe { cosines in
            sines.withUnsafe { sines in
                withUnsafeMutable { x in
                    for image in 0..<batch {
                        for place in 0..<rotated {
                            let row = x.baseAddress! + (image * tokens + tokens - rotated + place) * width
                            // Queries and keys lie side by side.
                            kernel_rotate(
                                row, cosines.baseAddress! + place * half, sines.baseAddress! + place * half, 2 * heads,
                                half)
                        }
                    }
                }
            }
        }
    }
}
