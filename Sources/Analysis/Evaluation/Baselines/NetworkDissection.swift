import LinearAlgebra

/// Network Dissection (Bau et al. 2017) on images that each have one label: the overlap of the images on which a unit is
/// above the top 0.5 % quantile of its activations with the images of a label, as intersection over union.
///
/// The original reads labelled pixels; where there are none an image counts as a whole, which a table has to say.
package enum NetworkDissection {
    /// Images above the quantile.
    package static func images(of count: Int) -> Int { max(1, (count + 199) / 200) }

    /// - Parameters:
    ///   - top: at least `images(of:)` of each pole, where it was active on as many.
    ///   - labels: of each image, below `count`.
    /// - Returns: [poles, count]
    package static func scores(_ top: TopImages, labels: [Int], of count: Int) -> Tensor {
        var sizes = [Int](repeating: 0, count: count)
        for label in labels { sizes[label] += 1 }
        let wanted = images(of: top.imageCount)
        return Tensor([top.poles.count, count]) { result in
            for (pole, images) in top.images.enumerated() {
                let above = images.prefix(wanted)
                var both = [Int](repeating: 0, count: count)
                for image in above { both[labels[image]] += 1 }
                for c in 0..<count {
                    let union = above.count + sizes[c] - both[c]
                    result[pole * count + c] = union > 0 ? Float(both[c]) / Float(union) : 0
                }
            }
        }
    }
}
