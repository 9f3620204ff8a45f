import CKernels

extension Tensor {
    /// Group normalisation (Wu and He 2018), channels last: with the mean and the variance, over all places of an image, of
    /// each of `groups` runs of channels, (x - mean) / √(variance + ε) · scale + shift + residual, which loses what is
    /// negative if it `rectifies`: [B, ..., C] -> the same. Scale and shift are [C].
    package func groupNormalized(
        groups: Int, scale: Tensor, shift: Tensor, epsilon: Float, residual: Tensor? = nil, rectifies: Bool
    ) -> Tensor {
        let (batch, channels) = (shape[0], columns)
        let places = rows / Swift.max(1, batch)
        precondition(channels % groups == 0, "\(channels) channels in \(groups) groups")
        precondition(scale.count == channels && shift.count == channels, "a scale and a shift for each channel")
        return mapImages(residual) { x, residual, y in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * channels) { scratch in
                let (factors, terms) = (scratch.baseAddress!, scratch.baseAddress! + channels)
                scale.withUnsafe { scale in
                    shift.withUnsafe { shift in
                        kernel_group_statistics(
                            x, scale.baseAddress!, shift.baseAddress!, places, channels, groups, epsilon, factors, terms
                        )
                    }
                }
                kernel_scale_channels(x, factors, terms, residual, rectifies ? 1 : 0, places, channels, y)
            }
        }
    }

    /// x · scale + shift, channel by channel, which loses what is negative if it `rectifies`: [B, ..., C] -> the same.
    package func scaledChannels(scale: Tensor, shift: Tensor, rectifies: Bool) -> Tensor {
        let channels = columns
        let places = rows / Swift.max(1, shape[0])
        precondition(scale.count == channels && shift.count == channels, "a scale and a shift for each channel")
        return mapImages(nil) { x, residual, y in
            scale.withUnsafe { scale in
                shift.withUnsafe { shift in
                    kernel_scale_channels(
                        x, scale.baseAddress!, shift.baseAddress!, residual, rectifies ? 1 : 0, places, channels, y)
                }
            }
        }
    }

    /// `body` on each image, its residual and its place in the result, on all cores.
    private func mapImages(
        _ residual: Tensor?,
        _ body: @Sendable (UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        precondition(residual == nil || residual!.count == count, "a residual of another shape")
        let batch = shape[0]
        let size = count / Swift.max(1, batch)
        return Tensor(shape) { y in
            withUnsafe { x in
                func run(_ residual: UnsafePointer<Float>?) {
                    nonisolated(unsafe) let (x, y, residual) = (x.baseAddress!, y.baseAddress!, residual)
                    parallel(batch) { image in
                        body(x + image * size, residual.map { $0 + image * size }, y + image * size)
                    }
                }
                if let residual { residual.withUnsafe { run($0.baseAddress!) } } else { run(nil) }
            }
        }
    }
}
