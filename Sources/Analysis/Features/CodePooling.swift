import LinearAlgebra

/// How a feature of tokens becomes one number an image: from its codes of all the image's tokens, zeros among them.
package enum CodePooling: String, Sendable, Hashable, Codable, CaseIterable {
    case max, mean

    /// Codes of images [N, features] from those of their tokens [N · tokens, features], image by image.
    package func callAsFunction(_ codes: SparseRows, tokens: Int) -> SparseRows {
        precondition(tokens > 0 && codes.rows % tokens == 0, "\(codes.rows) rows are no images of \(tokens) tokens")
        let share = 1 / Float(tokens)
        let parts = parallelMap(blocks(of: codes.rows / tokens, size: 16)) { images in
            var pooled = [Float](repeating: 0, count: codes.columns)
            var active: [Int32] = []
            var offsets = [0]
            var (indices, values) = ([Int32](), [Float]())
            for image in images {
                active.removeAll(keepingCapacity: true)
                for token in image * tokens..<(image + 1) * tokens {
                    for at in codes.range(of: token) {
                        let feature = Int(codes.indices[at])
                        if pooled[feature] == 0 { active.append(codes.indices[at]) }
                        switch self {
                        case .max: pooled[feature] = Swift.max(pooled[feature], codes.values[at])
                        case .mean: pooled[feature] += codes.values[at]
                        }
                    }
                }
                active.sort()
                for feature in active {
                    indices.append(feature)
                    values.append(self == .mean ? pooled[Int(feature)] * share : pooled[Int(feature)])
                    pooled[Int(feature)] = 0
                }
                offsets.append(indices.count)
            }
            return SparseRows(columns: codes.columns, offsets: offsets, indices: indices, values: values)
        }
        return SparseRows(columns: codes.columns, joining: parts)
    }
}

extension SparseAutoencoder {
    /// Pooled codes of images from their tokens [N, T, d]: [N, features]. Codes of a thousand tokens are held at once.
    ///
    /// - Precondition: it is one of tokens.
    package func encode(images tokens: Tensor) -> SparseRows {
        guard let pooling, tokens.shape.count == 3 else { preconditionFailure("codes of tokens need their pooling") }
        let (images, size) = (tokens.shape[0], tokens.shape[1])
        return SparseRows(
            columns: count,
            joining: blocks(of: images, size: Swift.max(1, 1024 / Swift.max(1, size))).map { block in
                pooling(encode(tokens.rows(block.lowerBound * size..<block.upperBound * size)), tokens: size)
            })
    }
}
