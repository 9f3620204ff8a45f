import Analysis
import LinearAlgebra
import VisionModels

extension StudiedLayer {
    /// Where in some images a unit is active: its activation at every place of the layer, or of a feature the code of each
    /// place's activations. Computed anew; nothing is kept.
    ///
    /// - Parameters:
    ///   - images: rows of the probe images, taken a few at a time, in order.
    ///   - each: takes each map as it comes.
    /// - Throws: `noPlaces` where the layer has one vector an image.
    package func heatMaps(
        of unit: InternalUnit, images: [Int], _ work: Work = Work(), each: (HeatMap) throws -> Void
    ) throws {
        let pass = try PlacePass(target)
        let (probe, space) = (try target.probe, try space(unit.kind))
        for batch in blocks(of: images.count, size: heatAtOnce) {
            try work.checkCancelled()
            let batch = Array(images[batch])
            let (tokens, windows) = try pass.tokens(of: batch, in: probe)
            let (count, width) = (tokens.shape[1], tokens.shape[2])
            let vectors = tokens.reshaped([batch.count * count, width])
            for (position, image) in batch.enumerated() {
                let own = vectors.rows(position * count..<(position + 1) * count)
                let values = space.activations(of: unit.index, on: own)
                try each(
                    HeatMap(
                        unit: unit, image: image, rows: pass.grid.rows, columns: pass.grid.columns,
                        values: Array(values[pass.grid.prefix...]), others: Array(values[..<pass.grid.prefix]),
                        pooled: activation(of: unit, on: own.reshaped([1, count, width]), space),
                        window: windows[position]))
            }
        }
    }
}

/// Images of one forward pass: one for every core, so that the first maps come soon and no core waits for another.
private let heatAtOnce = cores

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

    /// [n, T, D], and where the grid lies on each picture.
    func tokens(of images: [Int], in set: ImageSet) throws -> (Tensor, [PictureWindow]) {
        let source = try set.source
        let pictures = try images.map { try source.image($0) }
        let pixels = try source.pixels(of: pictures, at: images, as: model.preprocessing, for: model.input)
        let tokens = model.activations(at: point, of: pixels)
        if let bad = tokens.firstNonFiniteRow {
            throw WorkbenchError.notFinite(model: model.name, image: source.name(of: images[bad / point.tokens]))
        }
        return (tokens, pictures.map { PictureWindow(model.preprocessing.window(of: $0.shape)) })
    }
}

extension PictureWindow {
    init(_ window: (left: Double, top: Double, width: Double, height: Double)) {
        self.init(left: window.left, top: window.top, width: window.width, height: window.height)
    }
}
