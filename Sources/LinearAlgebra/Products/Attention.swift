import CKernels

/// Scaled dot-product attention (Vaswani et al. 2017, equation 1), head by head on all cores: the context
/// softmax(Q Kᵀ / √(D/H)) V of every token, or of the first `asking` tokens. [B, T, 3 D] -> [B, asking, D]
///
/// - Parameters:
///   - stacked: queries, keys and values side by side, in each the heads side by side.
///   - isCausal: whether a token sees only those up to itself.
///   - precision: of both products.
package func attention(
    stacked: Tensor, heads: Int, isCausal: Bool, asking: Int? = nil, precision: Precision = .float32
) -> Tensor {
    let (batch, tokens, width) = (stacked.shape[0], stacked.shape[1], stacked.shape[2] / 3)
    precondition(stacked.shape[2] == 3 * width && width % heads == 0, "a stack of shape \(stacked.shape)")
    let (asking, headWidth) = (asking ?? tokens, width / heads)
    return Tensor([batch, asking, width]) { context in
        stacked.withUnsafe { stacked in
            // Every head of every image writes columns of its own.
            nonisolated(unsafe) let (context, stacked) = (context.baseAddress!, stacked.baseAddress!)
            let isPaired: Int32 = precision == .bfloat16 ? 1 : 0
            @Sendable func attend(_ item: Int) {
                let (image, head) = item.quotientAndRemainder(dividingBy: heads)
                let q = stacked + image * tokens * 3 * width + head * headWidth
                let scratch = kernel_attention_scratch(tokens, headWidth, isPaired)
                withUnsafeTemporaryAllocation(byteCount: scratch * MemoryLayout<Float>.stride, alignment: 64) {
                    kernel_attention(
                        q, q + width, q + 2 * width, 3 * width, tokens, asking, headWidth, isCausal ? 1 : 0,
                        isPaired, context + image * asking * width + head * headWidth, width,
                        $0.baseAddress!.bindMemory(to: Float.self, capacity: scratch))
                }
            }
            parallel(batch * heads, isWorth: batch * asking * tokens * width >= 1 << 19, attend)
        }
    }
}
