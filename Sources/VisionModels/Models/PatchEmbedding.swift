import LinearAlgebra

/// Cuts images into patches, projects each to the width of the residual stream and adds its position embedding; before
/// them come tokens that are the same for every image: the class token, registers (Dosovitskiy et al. 2021, equation 1).
struct PatchEmbedding: Sendable {
    let input: ImageShape
    /// Pixels on each side of a patch.
    let patch: Int
    /// A convolution whose stride is its size, as a matrix: [D, channels · patch · patch].
    let projection: PackedLinear
    /// The tokens before the patches, with their positions: [P, D]
    let prefix: Tensor
    /// Of the patches: [T - P, D]; nil where places are told otherwise.
    let positions: Tensor?
    /// What follows where `projection` is of a part of a patch.
    var stem: PatchStem?

    init(
        input: ImageShape, patch: Int, projection: Linear, prefix: Tensor, positions: Tensor?, precision: Precision
    ) {
        (self.input, self.patch) = (input, patch)
        self.projection = PackedLinear(projection, precision: precision)
        (self.prefix, self.positions) = (prefix, positions)
    }

    /// - Parameters:
    ///   - classToken: the one token before the patches: [D]
    ///   - positions: of all tokens: [T, D]
    init(
        input: ImageShape, patch: Int, projection: Linear, classToken: Tensor, positions: Tensor, precision: Precision
    ) {
        var first = classToken.reshaped([1, classToken.count])
        first.add(positions.rows(0..<1))
        self.init(
            input: input, patch: patch, projection: projection, prefix: first,
            positions: positions.rows(1..<positions.rows), precision: precision)
    }

    private var patches: Int { (input.height / patch) * (input.width / patch) }

    /// Those before the patches, and the patches.
    var tokens: Int { prefix.rows + patches }

    /// [B, channels, height, width] -> [B, T, D]
    func callAsFunction(_ pixels: Tensor) -> Tensor {
        input.expect(pixels)
        let (patches, width, batch) = (patches, prefix.columns, pixels.shape[0])
        // The same positions for every image, added as the product is written.
        let places = positions.map { repeated($0, batch) }
        let projected =
            stem.map {
                $0(
                    projection(cut(pixels, $0.side), .gelu), input.height / $0.side, input.width / $0.side,
                    residual: places)
            } ?? projection(cut(pixels, patch), residual: places)  // [B · patches, D]
        return Tensor([batch, tokens, width]) { x in
            prefix.withUnsafe { prefix in
                projected.withUnsafe { projected in
                    var target = x.baseAddress!
                    for image in 0..<batch {
                        target.update(from: prefix.baseAddress!, count: prefix.count)
                        target += prefix.count
                        let count = patches * width
                        target.update(from: projected.baseAddress! + image * count, count: count)
                        target += count
                    }
                }
            }
        }
    }

    /// [n, D] -> [batch · n, D]
    private func repeated(_ rows: Tensor, _ batch: Int) -> Tensor {
        guard batch > 1 else { return rows }
        return Tensor([batch * rows.rows, rows.columns]) { target in
            rows.withUnsafe { rows in
                for image in 0..<batch {
                    (target.baseAddress! + image * rows.count).update(from: rows.baseAddress!, count: rows.count)
                }
            }
        }
    }

    /// [b, C, H, W] -> [b · patches, C · patch · patch], patches of any size in reading order. Pixels right of the last whole one, and
    /// below it, are left out, as a convolution without padding leaves them.
    private func cut(_ pixels: Tensor, _ patch: Int) -> Tensor {
        let batch = pixels.shape[0]
        let (channels, height, width) = (input.channels, input.height, input.width)
        let count = batch * (height / patch) * (width / patch)
        return Tensor([count, channels * patch * patch]) { target in
            pixels.withUnsafe { pixels in
                var written = 0
                for image in 0..<batch {
                    for top in stride(from: 0, through: height - patch, by: patch) {
                        for left in stride(from: 0, through: width - patch, by: patch) {
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
