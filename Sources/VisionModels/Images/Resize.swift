/// How pixels between pixels are found when an image changes its size: the filters of Pillow, by its names.
package enum Resampling: String, Sendable, Hashable, CaseIterable {
    case nearest, box, bilinear, hamming, bicubic, lanczos

    /// Pillow's number, as `resample` has it in preprocessor_config.json.
    init?(pillow number: Int) {
        let numbered: [Resampling] = [.nearest, .lanczos, .bilinear, .bicubic, .box, .hamming]
        guard numbered.indices.contains(number) else { return nil }
        self = numbered[number]
    }
}

/// The size of an image after resizing.
package enum Resize: Sendable, Hashable {
    /// To this size, whatever becomes of the proportions.
    case exactly(height: Int, width: Int)
    /// The shorter edge to this length; the longer in proportion, rounded down (torchvision, Hugging Face).
    case shortestEdge(Int)
    /// In proportion, so that the image just covers this size; both edges rounded half to even (timm).
    case covering(height: Int, width: Int)
    /// In proportion, so that the image just fits into this size; both edges rounded half to even (timm).
    case within(height: Int, width: Int)

    /// The size an image of `height` and `width` gets; no edge is shorter than one pixel.
    package func size(height: Int, width: Int) -> (height: Int, width: Int) {
        switch self {
        case .exactly(let newHeight, let newWidth): return (newHeight, newWidth)
        case .shortestEdge(let edge):
            let long = Int(Double(edge * max(height, width)) / Double(min(height, width)))
            return height <= width ? (edge, long) : (long, edge)
        case .covering(let newHeight, let newWidth), .within(let newHeight, let newWidth):
            let ratios = (Double(height) / Double(newHeight), Double(width) / Double(newWidth))
            let isWithin = if case .within = self { true } else { false }
            let ratio = isWithin ? max(ratios.0, ratios.1) : min(ratios.0, ratios.1)
            let edge = { (length: Int) in max(1, Int((Double(length) / ratio).rounded(.toNearestOrEven))) }
            return (edge(height), edge(width))
        }
    }
}

/// The middle of an image, cut out; where the image is smaller, it is padded.
package struct CenterCrop: Sendable, Hashable {
    /// Where half a pixel goes that is left over when the margins are halved.
    package enum Rounding: String, Sendable, Hashable {
        /// Margins round down (Hugging Face).
        case down
        /// Margins round half to even, padding down (torchvision, timm).
        case halfToEven
    }

    package var height: Int
    package var width: Int
    package var rounding: Rounding
    /// The value of padding, one a channel; empty for black.
    package var fill: [UInt8]

    package init(height: Int, width: Int, rounding: Rounding, fill: [UInt8] = []) {
        self.height = height
        self.width = width
        self.rounding = rounding
        self.fill = fill
    }

    /// Where the crop starts along an edge of the image; negative where padding comes first.
    func offset(edge: Int, crop: Int) -> Int {
        let margin = edge - crop
        switch rounding {
        case .down: return margin >> 1
        case .halfToEven:
            return margin < 0 ? -(-margin / 2) : Int((Double(margin) / 2).rounded(.toNearestOrEven))
        }
    }
}
