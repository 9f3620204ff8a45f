import Analysis
import LinearAlgebra
import VisionModels

extension StudiedLayer {
    /// What a unit and the classes make of an image with a place covered, beside the image as it is: one forward pass of one
    /// image, or of two where `before` is not known yet. Nothing is kept.
    ///
    /// Places are those of the layer; of a layer of one vector an image, those of the last layer before that has any.
    ///
    /// - Parameters:
    ///   - image: row of the probe images.
    ///   - cover: nil for the image as it is, and how many places it has.
    /// - Throws: `noPlaces` of an imported layer.
    package func covered(
        _ image: Int, of unit: InternalUnit, cover: Cover?, before known: ImageReading? = nil, _ work: Work = Work()
    ) throws -> CoveredImage {
        guard target.target.facts.isImported != true else {
            throw WorkbenchError.noPlaces(layer: target.hookPoint.name, isImported: true)
        }
        let model = try target.classifier
        let grid = model.grid(at: target.hookPoint) ?? model.coarsestGrid
        let (rows, columns) = (grid?.rows ?? 7, grid?.columns ?? 7)
        let source = try target.probe.source
        let picture = try source.image(image)
        let pixels = try source.pixels([image], as: model.preprocessing, for: model.input)
        try work.checkCancelled()
        func reading(_ pixels: Tensor) throws -> ImageReading {
            try self.reading(pixels, of: unit, by: model, image: source.name(of: image))
        }
        let before = try known ?? reading(pixels)
        try work.checkCancelled()
        let after = try cover.map {
            try reading(pixels.covered($0, rows: rows, columns: columns, model.preprocessing))
        }
        return CoveredImage(
            unit: unit, image: image, rows: rows, columns: columns,
            window: PictureWindow(model.preprocessing.window(of: picture.shape)),
            classes: countedClasses.names, before: before, cover: cover, after: after)
    }

    /// Of one image [1, C, H, W].
    private func reading(
        _ pixels: Tensor, of unit: InternalUnit, by model: any TargetModel, image: String
    ) throws -> ImageReading {
        var activations = Tensor([0])
        let outputs = model.logits(pixels, hooks: Hooks(at: target.hookPoint) { activations = $0 })
        let pooled = target.pooling(activations)
        guard pooled.firstNonFiniteRow == nil, outputs.firstNonFiniteRow == nil else {
            throw WorkbenchError.notFinite(model: model.name, image: image)
        }
        let logits: [Float] =
            switch target.reader {
            case .none: []
            case .model, .given, .predicted: outputs.values
            case .probe, .head: try target.readingHead()?.linear.logits(pooled).values ?? []
            }
        return ImageReading(
            activation: activation(of: unit, on: activations, try space(unit.kind)), logits: logits)
    }
}

extension Tensor {
    /// One image [1, C, H, W] with a place covered.
    fileprivate func covered(_ cover: Cover, rows: Int, columns: Int, _ preprocessing: Preprocessing) -> Tensor {
        let (channels, height, width) = (shape[1], shape[2], shape[3])
        let (values, count) = (values, height * width)
        var covered: [Float] = []
        for channel in 0..<channels {
            let pixels = Array(values[channel * count..<(channel + 1) * count])
            let middle: Float = 127.5 * preprocessing.scale - preprocessing.mean[channel]
            covered += cover.applied(
                to: pixels, width: width, height: height, rows: rows, columns: columns,
                grey: middle / preprocessing.deviation[channel])
        }
        return Tensor(shape, covered)
    }
}
