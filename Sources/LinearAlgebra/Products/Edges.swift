/// Pixels around an image that a convolution takes for zero.
package struct Edges: Sendable, Equatable {
    package let top, left, bottom, right: Int

    package init(top: Int, left: Int, bottom: Int, right: Int) {
        (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    /// As wide on every side.
    package init(all width: Int) { self.init(top: width, left: width, bottom: width, right: width) }

    /// TensorFlow's `SAME`: as many places as strides begin in the image, with the odd pixel below and to the right.
    package init(same height: Int, _ width: Int, window: Int, stride: Int) {
        func missing(_ side: Int) -> Int { max(0, ((side + stride - 1) / stride - 1) * stride + window - side) }
        let (rows, columns) = (missing(height), missing(width))
        self.init(top: rows / 2, left: columns / 2, bottom: rows - rows / 2, right: columns - columns / 2)
    }

    var isNone: Bool { self == Edges(all: 0) }

    /// The places of a window that moves over an image with these edges.
    package func size(of height: Int, _ width: Int, window: Int, stride: Int) -> (height: Int, width: Int) {
        ((height + top + bottom - window) / stride + 1, (width + left + right - window) / stride + 1)
    }
}
