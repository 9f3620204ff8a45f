import LinearAlgebra

// The way back through a residual network, in closed form. In shapes: b images, H × W places, C channels.

extension ResNet {
    package func knowsAnswerGradients(at point: HookPoint) -> Bool {
        guard let blocks = blocks(after: point), classifier != nil else { return false }
        return blocks.allSatisfy { $0.block.convolutions?.allSatisfy(\.isExact) == true }
    }

    package func answerGradients(at point: HookPoint) -> AnswerGradients? {
        guard let following = blocks(after: point), let classifier else { return nil }
        let blocks = following.compactMap { ResidualGradients($0.block, height: $0.height, width: $0.width) }
        guard blocks.count == following.count else { return nil }
        return { activations in
            imageByImage(activations) { x in
                var (traces, x) = ([ResidualTrace](), x)
                for block in blocks {
                    let trace = block.trace(x)
                    traces.append(trace)
                    x = trace.output
                }
                // The head reads the mean over all places, so each has the same share of it.
                let places = x.rows / x.shape[0]
                let ofMeans = multiply(classifier(x.spatialMeans()).surprise(), .plain, classifier.weight)
                let shares = ofMeans.scaled(rows: [Float](repeating: 1 / Float(places), count: ofMeans.rows))
                let gradient = shares.rows(at: (0..<x.rows).map { $0 / places })
                return zip(blocks, traces).reversed().reduce(gradient) { gradient, step in step.0(gradient, step.1) }
            }
        }
    }
}

extension ResNet.Block {
    /// One after the other, then the shortcut's; nil of relatives, whose blocks have more than these.
    fileprivate var convolutions: [Convolution]? {
        guard gate == nil, !halvesBeforeLast, shortcut?.halves != true else { return nil }
        let all = inner + [last] + [shortcut?.layer].compactMap(\.self)
        let found = all.compactMap(\.convolution)
        return found.count == all.count ? found : nil
    }
}

/// What a block computes on its way, as far as the way back reads it.
private struct ResidualTrace {
    /// After each convolution but the last: [b, H', W', C']
    let inner: [Tensor]
    let output: Tensor
}

/// The way back through one block.
private struct ResidualGradients: Sendable {
    private let block: ResNet.Block
    /// Of the block's input.
    private let height, width: Int
    private let convolutions: [ConvolutionGradient]
    private let shortcut: ConvolutionGradient?

    /// Nil where weights were rounded, and of relatives.
    init?(_ block: ResNet.Block, height: Int, width: Int) {
        guard let all = block.convolutions?.map(ConvolutionGradient.init), all.allSatisfy({ $0 != nil }) else {
            return nil
        }
        (self.block, self.height, self.width) = (block, height, width)
        convolutions = all.prefix(block.inner.count + 1).compactMap(\.self)
        shortcut = block.shortcut == nil ? nil : all.last ?? nil
    }

    /// - Parameter x: [b, H · W, C] or [b, H, W, C]
    func trace(_ x: Tensor) -> ResidualTrace {
        let x = x.reshaped([x.shape[0], height, width, x.columns])
        var inner: [Tensor] = []
        for layer in block.inner { inner.append(layer(inner.last ?? x, .relu)) }
        let output = block.last(inner.last ?? x, residual: block.shortcut.map { $0(x) } ?? x, .relu)
        return ResidualTrace(inner: inner, output: output)
    }

    /// From the gradient with respect to the block's output to that with respect to its input: [b · H · W, C].
    func callAsFunction(_ gradient: Tensor, _ trace: ResidualTrace) -> Tensor {
        let sum = gradient.masked(by: trace.output)
        var through = sum
        var inputs: [(height: Int, width: Int)] = [(height, width)]
        inputs += trace.inner.map { ($0.shape[1], $0.shape[2]) }
        for (place, convolution) in convolutions.enumerated().reversed() {
            through = convolution(through, height: inputs[place].height, width: inputs[place].width)
            if place > 0 { through = through.masked(by: trace.inner[place - 1]) }
        }
        through.add(shortcut.map { $0(sum, height: height, width: width) } ?? sum)
        return through
    }
}

/// The way back through a convolution: each value's gradient goes to all that its window saw.
private struct ConvolutionGradient: Sendable {
    private let convolution: Convolution
    /// [outputs, window · window · inputs]
    private let weight: Tensor

    init?(_ convolution: Convolution) {
        guard let weight = convolution.unpacked else { return nil }
        (self.convolution, self.weight) = (convolution, weight)
    }

    /// [b · H' · W', outputs] -> [b · H · W, inputs]
    func callAsFunction(_ gradient: Tensor, height: Int, width: Int) -> Tensor {
        let (inputs, window, stride) = (convolution.inputs, convolution.window, convolution.stride)
        let (rows, columns) = convolution.size(of: height, width)
        let (top, left) = (convolution.edges.top, convolution.edges.left)
        let seen = multiply(gradient, .plain, weight)
        if window == 1, rows == height, columns == width { return seen }
        let batch = gradient.rows / (rows * columns)
        var result = Tensor([batch * height * width, inputs])
        result.withUnsafeMutable { result in
            seen.withUnsafe { seen in
                var from = seen.baseAddress!
                for place in 0..<batch * rows * columns {
                    let (line, column) = place.quotientAndRemainder(dividingBy: columns)
                    let (image, row) = line.quotientAndRemainder(dividingBy: rows)
                    for i in 0..<window {
                        for j in 0..<window {
                            let (y, x) = (row * stride - top + i, column * stride - left + j)
                            if y >= 0, y < height, x >= 0, x < width {
                                let into = result.baseAddress! + ((image * height + y) * width + x) * inputs
                                for c in 0..<inputs { into[c] += from[c] }
                            }
                            from += inputs
                        }
                    }
                }
            }
        }
        return result
    }
}

extension Tensor {
    /// Zero where the rectified values of `x` are: [rows, columns]
    fileprivate func masked(by x: Tensor) -> Tensor {
        var result = self
        x.withUnsafe { x in
            result.withUnsafeMutable { g in for i in g.indices where !(x[i] > 0) { g[i] = 0 } }
        }
        return result
    }
}
