import LinearAlgebra

/// Cuts images into patches, projects each to the width of the residual stream, puts the class token before them and
/// adds the position embeddings (Dosovitskiy et al. 2021, equation 1).
struct PatchEmbedding: Sendable {
    let input: ImageShape
    /// Pixels on each side of a patch.
    let patch: Int
    /// A convolution whose stride is its size, as a matrix: [D, channels · patch · patch].
    let projection: PackedLinear
    /// [D]
    let classToken: Tensor
    /// [T, D]
    let positions: Tensor

    init(
        input: ImageShape, patch: Int, projection: Linear, classToken: Tensor, positions: Tensor, precision: Precision
    ) {
        (self.input, self.patch) = (input, patch)
        self.projection = PackedLinear(projection, precision: precision)
        (self.classToken, self.positions) = (classToken, positions)
    }

    /// The class token and the patches.
    var tokens: Int { 1 + (input.height / patch) * (input.width / patch) }

    /// [B, channels, height, width] -> [B, T, D]
    func callAsFunction(_ pixels: Tensor) -> Tensor {
        precondition(
            Array(pixels.shape.dropFirst()) == [input.channels, input.height, input.width],
            "pixels of shape \(pixels.shape) for a model of \(input)")
        let (tokens, width) = (tokens, classToken.count)
        let batch = pixels.shape[0]
        let projected = projection(patches(pixels))  // [B · (T - 1), D]
        return Tensor([batch, tokens, width]) { x in
            projected.withUnsafe { projected in
                classToken.withUnsafe { classToken in
                    positions.withUnsafe { positions in
                        for image in 0..<batch {
                            for token in 0..<tokens {
                                let source =
                                    token == 0
                                    ? classToken.baseAddress!
                                    : projected.baseAddress! + (image * (tokens - 1) + token - 1) * width
                                let target = (image * tokens + token) * width
                                for unit in 0..<width {
                                    x[target + unit] = source[unit] + positions[token * width + unit]
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// [b, C, H, W] -> [b · patches, C · patch · patch], patches in reading order.
    private func patches(_ pixels: Tensor) -> Tensor {
        let batch = pixels.shape[0]
        let (channels, height, width) = (input.channels, input.height, input.width)
        return Tensor([batch * (tokens - 1), channels * patch * patch]) { target in
            pixels.withUnsafe { pixels in
                var written = 0
                for image in 0..<batch {
                    for top in stride(from: 0, to: height, by: patch) {
                        for left in stride(from: 0, to: width, by: patch) {
                            for channel in 0..<channels {
                                for row in top..<top + patch {
                                    let start = ((image * channels + channel) * height + row) * width + left
                                    (target.baseAddress! + written).update(
                                        from: pixels.baseAddress! + start, count: patch)
                                    written += patch
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Settings {
    /// The sizes of a patch embedding: `image_size`, `patch_size`, `num_channels`.
    func patchSizes(defaultPatch: Int) throws(VisionModelsError) -> (input: ImageShape, patch: Int) {
        let image = try size("image_size", default: 224)
        let patch = try size("patch_size", default: defaultPatch)
        guard patch.height == patch.width, image.height % patch.height == 0, image.width % patch.width == 0 else {
            throw unsuitable("patch_size", expected: "square patches that fill \(image.height)x\(image.width)")
        }
        let input = ImageShape(
            channels: try count("num_channels", default: 3), height: image.height, width: image.width)
        return (input, patch.height)
    }
}
