import CKernels

/// A convolution over images with channels last, as a matrix product whose rows are read where they lie in the image: the
/// pixels under the window are never copied into a matrix (im2col).
package struct Convolution: Sendable {
    package let inputs: Int
    package let outputs: Int
    /// Pixels on each side of the window.
    package let window: Int
    package let stride: Int
    package let edges: Edges
    /// [outputs, window · window · inputs]
    private let weight: PackedMatrix
    /// What computes it in place of the product with `weight`; nil where it cannot.
    private let winograd: WinogradConvolution?
    /// [outputs]
    private let bias: Tensor
    /// What lies beyond the image's edge: [inputs]
    private let zeros: Tensor

    /// - Parameters:
    ///   - weight: [outputs, inputs, window, window], as PyTorch stores it.
    ///   - bias: [outputs]
    ///   - edges: what is taken for zero around an image.
    ///   - precision: kept where the channels come in pairs, or the rows of the window do as the window moves.
    package init(weight: Tensor, bias: Tensor, stride: Int, edges: Edges, precision: Precision = .float32) {
        precondition(weight.shape.count == 4 && weight.shape[2] == weight.shape[3], "a square window")
        (outputs, inputs, window) = (weight.shape[0], weight.shape[1], weight.shape[2])
        (self.stride, self.edges, self.bias) = (stride, edges, bias)
        let (inputs, window) = (inputs, window)
        let isPaired =
            precision == .bfloat16 && (inputs % 2 == 0 || inputs < Self.few && window > 1 && stride % 2 == 0)
        // A row of the window that is one run of an odd length gets a partner for its last value: zero times what follows.
        let run = isPaired ? (window * inputs + 1) / 2 * 2 : window * inputs
        var channelsLast = Tensor([outputs, window * run])
        channelsLast.withUnsafeMutable { target in
            weight.withUnsafe { source in
                for output in 0..<weight.shape[0] {
                    for input in 0..<inputs {
                        for place in 0..<window * window {
                            let (row, column) = place.quotientAndRemainder(dividingBy: window)
                            target[(output * window + row) * run + column * inputs + input] =
                                source[(output * inputs + input) * window * window + place]
                        }
                    }
                }
            }
        }
        self.weight = PackedMatrix([channelsLast], precision: isPaired ? precision : .float32)
        zeros = Tensor([inputs])
        winograd =
            window == 3 && stride == 1 && edges == Edges(all: 1)
            ? WinogradConvolution(weight: weight, precision: precision) : nil
    }

    /// Channels below which a window is read row by row.
    private static let few = 16

    package init(weight: Tensor, bias: Tensor, stride: Int, padding: Int, precision: Precision = .float32) {
        self.init(weight: weight, bias: bias, stride: stride, edges: Edges(all: padding), precision: precision)
    }

    /// Its weights, [outputs, window · window · inputs]; nil where they were rounded.
    package var unpacked: Tensor? { weight.unpacked }

    /// Whether its weights are as they were given.
    package var isExact: Bool { weight.precision == .float32 }

    /// The output's size for that of the input.
    package func size(of height: Int, _ width: Int) -> (height: Int, width: Int) {
        edges.size(of: height, width, window: window, stride: stride)
    }

    /// pointwise(convolution + bias + residual): [B, height, width, inputs] -> [B, height', width', outputs].
    package func callAsFunction(
        _ x: Tensor, residual: Tensor? = nil, _ pointwise: Pointwise = .identity
    ) -> Tensor {
        let (batch, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        precondition(x.shape[3] == inputs, "an image of shape \(x.shape) for \(inputs) channels")
        if window == 1 && stride == 1 && edges.isNone {
            return weight.multiply(x, bias: bias, residual: residual, pointwise)
        }
        if let winograd { return winograd(x, bias: bias, residual: residual, pointwise) }
        // Of few channels a row of the window is one run, once the edge is there to be read.
        if edges.isNone { return withoutEdges(x, residual: residual, pointwise) }
        if inputs < Self.few { return withoutEdges(x.padded(edges), residual: residual, pointwise) }
        let (rows, columns) = size(of: height, width)
        return Tensor([batch, rows, columns, outputs]) { y in
            convolve(
                weight.factor(x, taps: window * window), from: 0, bias: bias, residual: residual, pointwise,
                into: y.baseAddress!, stride: outputs)
        }
    }

    /// The convolution of a `factor`, into rows of `stride` values.
    ///
    /// - Parameter channel: the first of those of `x` that it sees.
    private func convolve(
        _ x: Tensor, from channel: Int, bias: Tensor, residual: Tensor?, _ pointwise: Pointwise,
        into y: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let (batch, height, width, all) = (x.shape[0], x.shape[1], x.shape[2], x.columns)
        let (rows, columns) = size(of: height, width)
        let (window, step, before) = (window, self.stride, (edges.top, edges.left))
        x.withUnsafe { x in
            zeros.withUnsafe { zeros in
                nonisolated(unsafe) let (x, zeros) = (x.baseAddress! + channel, zeros.baseAddress!)
                weight.multiply(
                    rows: batch * rows * columns, taps: window * window, bias: bias, residual: residual, pointwise,
                    into: y, stride: stride
                ) { place, pointers, apart in
                    let (line, column) = place.quotientAndRemainder(dividingBy: columns)
                    let (image, row) = line.quotientAndRemainder(dividingBy: rows)
                    let (top, left) = (row * step - before.0, column * step - before.1)
                    var tap = 0
                    for i in top..<top + window {
                        let start = x + ((image * height + i) * width) * all
                        let isInside = i >= 0 && i < height
                        for j in left..<left + window {
                            pointers[tap] = isInside && j >= 0 && j < width ? start + j * all : zeros
                            tap += apart
                        }
                    }
                }
            }
        }
    }

    /// The convolutions of runs of channels side by side, each of as many: part p sees channels p · inputs on and gives those
    /// from p · outputs on. All are of one size, and of one precision.
    static func sideBySide(_ parts: [Convolution], _ x: Tensor, _ pointwise: Pointwise) -> Tensor {
        let first = parts[0]
        let (rows, columns) = first.size(of: x.shape[1], x.shape[2])
        let outputs = parts.count * first.outputs
        let factor = first.winograd == nil ? first.weight.factor(x, taps: first.window * first.window) : x
        return Tensor([x.shape[0], rows, columns, outputs]) { y in
            for (place, part) in parts.enumerated() {
                let (channel, y) = (place * factor.columns / parts.count, y.baseAddress! + place * part.outputs)
                if let winograd = part.winograd {
                    winograd.convolve(
                        x, from: channel, bias: part.bias, residual: nil, pointwise, into: y, stride: outputs)
                } else {
                    part.convolve(
                        factor, from: channel, bias: part.bias, residual: nil, pointwise, into: y, stride: outputs)
                }
            }
        }
    }

    /// The convolution where the window never leaves the image: each of its rows is one run of window · inputs values.
    private func withoutEdges(_ x: Tensor, residual: Tensor?, _ pointwise: Pointwise) -> Tensor {
        let (batch, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        let (rows, columns) = ((height - window) / stride + 1, (width - window) / stride + 1)
        let lines = weight.factor(x.reshaped([batch, height, width * inputs]), taps: window)
        let step = stride * inputs / (weight.precision == .bfloat16 && window > 1 ? 2 : 1)
        let (window, stride, line) = (window, stride, lines.columns)
        return Tensor([batch, rows, columns, outputs]) { y in
            lines.withUnsafe { x in
                nonisolated(unsafe) let x = x.baseAddress!
                weight.multiply(
                    rows: batch * rows * columns, taps: window, bias: bias, residual: residual, pointwise,
                    into: y.baseAddress!
                ) { place, pointers, apart in
                    let (outer, column) = place.quotientAndRemainder(dividingBy: columns)
                    let (image, row) = outer.quotientAndRemainder(dividingBy: rows)
                    let start = x + (image * height + row * stride) * line + column * step
                    for i in 0..<window { pointers[i * apart] = start + i * line }
                }
            }
        }
    }
}

extension Tensor {
    /// [B, channels, height, width] -> [B, height, width, channels]
    package func channelsLast() -> Tensor {
        let (batch, channels, pixels) = (shape[0], shape[1], shape[2] * shape[3])
        return Tensor([batch, shape[2], shape[3], channels]) { target in
            withUnsafe { source in
                for image in 0..<batch {
                    for channel in 0..<channels {
                        let from = source.baseAddress! + (image * channels + channel) * pixels
                        let to = target.baseAddress! + image * pixels * channels + channel
                        for pixel in 0..<pixels { to[pixel * channels] = from[pixel] }
                    }
                }
            }
        }
    }

    /// Zeros around images with channels last.
    package func padded(_ edges: Edges) -> Tensor {
        let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let (lines, places) = (height + edges.top + edges.bottom, width + edges.left + edges.right)
        var padded = Tensor([batch, lines, places, channels])
        let (run, paddedRun) = (width * channels, places * channels)
        padded.withUnsafeMutable { target in
            withUnsafe { source in
                for image in 0..<batch {
                    for row in 0..<height {
                        let line = image * lines + row + edges.top
                        (target.baseAddress! + line * paddedRun + edges.left * channels)
                            .update(from: source.baseAddress! + (image * height + row) * run, count: run)
                    }
                }
            }
        }
        return padded
    }

    /// The greatest value under a square window, channels last: [B, height, width, C] -> [B, height', width', C].
    /// The edge never counts.
    package func maxPooled(window: Int, stride: Int, padding: Int) -> Tensor {
        let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let rows = (height + 2 * padding - window) / stride + 1
        let columns = (width + 2 * padding - window) / stride + 1
        return Tensor([batch, rows, columns, channels]) { y in
            withUnsafe { x in
                for image in 0..<batch {
                    kernel_max_pool(
                        x.baseAddress! + image * height * width * channels,
                        y.baseAddress! + image * rows * columns * channels, height, width, channels, window, stride,
                        padding, rows, columns)
                }
            }
        }
    }

    /// Means of two by two places, at an odd edge of those that there are: [B, height, width, C] -> [B, ⌈height/2⌉,
    /// ⌈width/2⌉, C].
    package func halvedByMeans() -> Tensor {
        let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        var result = Tensor([batch, rows, columns, channels])
        result.withUnsafeMutable { y in
            withUnsafe { x in
                for place in 0..<batch * rows * columns {
                    let (line, column) = place.quotientAndRemainder(dividingBy: columns)
                    let (image, row) = line.quotientAndRemainder(dividingBy: rows)
                    let (lines, places) = (min(2, height - 2 * row), min(2, width - 2 * column))
                    let share = 1 / Float(lines * places)
                    for i in 0..<lines {
                        for j in 0..<places {
                            let from = ((image * height + 2 * row + i) * width + 2 * column + j) * channels
                            for c in 0..<channels { y[place * channels + c] += x[from + c] * share }
                        }
                    }
                }
            }
        }
        return result
    }

    /// Zero in place of what is negative.
    package mutating func rectify() {
        withUnsafeMutable { x in for i in x.indices where x[i] < 0 { x[i] = 0 } }
    }

    /// The mean over all dimensions between the first and the last: [B, ..., C] -> [B, C].
    package func spatialMeans() -> Tensor {
        let (batch, channels) = (shape[0], columns)
        let places = rows / max(1, batch)
        return Tensor([batch, channels]) { y in
            withUnsafe { x in
                for image in 0..<batch {
                    kernel_column_means(
                        x.baseAddress! + image * places * channels, y.baseAddress! + image * channels, places, channels)
                }
            }
        }
    }
}
