import Analysis
import LinearAlgebra
import VisionModels

extension StudiedLayer {
    /// Where in some images a unit is active: its activation at every place of the layer, or of a feature the code of each
    /// place's activations. Computed anew; nothing is kept.
    ///
    /// - Parameters:
    ///   - images: rows of the probe images, taken one after the other.
    ///   - each: takes each map as it comes.
    /// - Throws: `noPlaces` where the layer has one vector an image.
    package func heatMaps(
        of unit: InternalUnit, images: [Int], _ work: Work = Work(), each: (HeatMap) throws -> Void
    ) throws {
        let pass = try PlacePass(target)
        let (probe, space) = (try target.probe, try space(unit.kind))
        for image in images {
            try work.checkCancelled()
            let (tokens, window) = try pass.tokens(of: image, in: probe)
            let vectors = tokens.reshaped([tokens.shape[1], tokens.shape[2]])
            let values = space.activations(of: unit.index, on: vectors)
            try each(
                HeatMap(
                    unit: unit, image: image, rows: pass.grid.rows, columns: pass.grid.columns,
                    values: Array(values[pass.grid.prefix...]), others: Array(values[..<pass.grid.prefix]),
                    pooled: activation(of: unit, on: tokens, space), window: window))
        }
    }
}

extension StudiedLayer {
    /// What a unit's activation on an image is, from the image's tokens [1, T, D].
    func activation(of unit: InternalUnit, on tokens: Tensor, _ space: any UnitSpace) -> Float {
        if let features = space as? FeatureSpace, features.autoencoder.pooling != nil {
            return features.activations(of: unit.index, onImages: tokens)[0]
        }
        return space.activations(of: unit.index, on: target.pooling(tokens))[0]
    }
}

extension TargetLayer {
    /// The target model, and where the layer's tokens stand.
    ///
    /// - Throws: `noPlaces` where it has one vector an image.
    func placed() throws -> (model: any TargetModel, point: HookPoint, grid: TokenGrid) {
        let isImported = target.facts.isImported == true
        guard hookPoint.tokens > 1, !isImported else {
            throw WorkbenchError.noPlaces(layer: hookPoint.name, isImported: isImported)
        }
        let model = try model
        guard let grid = model.grid(at: hookPoint) else {
            throw WorkbenchError.noPlaces(layer: hookPoint.name, isImported: false)
        }
        return (model, hookPoint, grid)
    }
}

/// Forward passes that read a layer before it is pooled.
private struct PlacePass {
    let model: any TargetModel
    let point: HookPoint
    let grid: TokenGrid

    init(_ target: TargetLayer) throws { (model, point, grid) = try target.placed() }

    /// [1, T, D], and where the grid lies on the picture.
    func tokens(of image: Int, in images: ImageSet) throws -> (Tensor, PictureWindow) {
        let source = try images.source
        let picture = try source.image(image)
        let pixels = try source.pixels([image], as: model.preprocessing, for: model.input)
        var tokens = Tensor([0])
        _ = model.logits(pixels, hooks: Hooks(at: point) { tokens = $0 })
        guard tokens.firstNonFiniteRow == nil else {
            throw WorkbenchError.notFinite(model: model.name, image: source.name(of: image))
        }
        return (tokens, PictureWindow(model.preprocessing.window(of: picture.shape)))
    }
}

extension PictureWindow {
    init(_ window: (left: Double, top: Double, width: Double, height: Double)) {
        self.init(left: window.left, top: window.top, width: window.width, height: window.height)
    }
}
