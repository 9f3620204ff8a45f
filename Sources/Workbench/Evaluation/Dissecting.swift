import Analysis
import LinearAlgebra
import VisionModels

extension StudiedLayer {
    /// Network Dissection (Bau et al. 2017): which labelled concept each unit's places overlap most. The images are those of
    /// the masks; the model runs over them twice, first for the units' thresholds, then for the overlaps, and no activation is
    /// kept.
    ///
    /// - Parameters:
    ///   - images: the first so many; nil for all.
    ///   - share: of all places, those at which a unit is active.
    ///   - top: concepts a unit.
    /// - Throws: `noPlaces` where the layer has one vector an image.
    package func dissected(
        _ masks: SegmentedImages, kind: UnitKind, images: Int? = nil,
        share: Double = ActivationThresholds.publishedShare, top: Int = 1, _ work: Work = Work()
    ) throws -> Dissection {
        let (space, pass) = (try space(kind), try PlacedImages(target, masks, count: images))
        let units = space.units
        let (columns, signs) = (units.map(\.index), units.map { $0.pole?.sign ?? 1 })
        var thresholds = ActivationThresholds(
            units: units.count, places: pass.count * pass.grid.places, share: share)
        try pass.run(work, round: 0) { _, tokens in
            thresholds.add(space.activations(on: tokens).columns(at: columns, times: signs))
        }
        let values = thresholds.values
        var overlap = MaskOverlap(
            columns: columns, signs: signs, thresholds: values, categories: masks.categories.count)
        try pass.run(work, round: 1) { image, tokens in
            overlap.add(
                space.activations(on: tokens), rows: pass.grid.rows, across: pass.grid.columns,
                window: image.window, mask: image.mask)
        }
        return Dissection(
            images: pass.count, concepts: overlap.concepts.count,
            units: units.enumerated().map { place, unit in
                let concepts = overlap.best(top, of: place).map { concept, overlap in
                    Dissection.Concept(
                        name: masks.name(of: concept.label, in: concept.category) ?? "\(concept.label)",
                        category: masks.categories[concept.category], overlap: overlap)
                }
                return Dissection.Unit(unit: unit, threshold: values[place], concepts: concepts)
            })
    }
}

/// Passes over labelled images that give a layer's activations place by place.
private struct PlacedImages {
    struct Labelled: Sendable {
        var window: PictureWindow
        var mask: PictureMask
    }

    let count: Int
    let grid: TokenGrid
    private let model: any TargetModel
    private let point: HookPoint
    private let masks: SegmentedImages

    init(_ target: TargetLayer, _ masks: SegmentedImages, count: Int?) throws {
        (model, point, grid) = try target.placed()
        self.masks = masks
        self.count = min(masks.count, count ?? masks.count)
    }

    /// Calls `body` with the activations at the places of each image in order, [places, width]. Masks are read in the second
    /// round alone.
    func run(_ work: Work, round: Int, _ body: (Labelled, Tensor) throws -> Void) throws {
        let (source, masks, input) = (masks.images, masks, model.modelInput)
        let meter = RateMeter(.images, from: 0, to: 2 * count)
        try pipelined(
            Array(blocks(of: count, size: model.imagesTogether)),
            prepare: { range in
                let labelled = round == 0 ? [] : try Self.labelled(range, masks, input.preprocessing)
                return (range, try source.allPixels(Array(range), for: [input])[0], labelled)
            }
        ) { range, pixels, labelled in
            let tokens = model.activations(at: point, of: pixels)
            if let bad = tokens.firstNonFiniteRow {
                let image = source.name(of: range.lowerBound + bad / point.tokens)
                throw WorkbenchError.notFinite(model: model.name, image: image)
            }
            let rows = tokens.reshaped([range.count * point.tokens, point.width])
            for place in 0..<range.count {
                let start = place * point.tokens + grid.prefix
                let none = Labelled(window: .whole, mask: PictureMask(height: 0, width: 0, layers: []))
                try body(round == 0 ? none : labelled[place], rows.rows(start..<start + grid.places))
            }
            try work.advance(meter.progress(round * count + range.upperBound))
        }
    }

    /// On all cores.
    private static func labelled(
        _ range: Range<Int>, _ masks: SegmentedImages, _ preprocessing: Preprocessing
    ) throws -> [Labelled] {
        try parallelMap(range.count) { place -> Result<Labelled, any Error> in
            Result {
                let index = range.lowerBound + place
                let shape = try masks.images.image(index).shape
                return Labelled(
                    window: PictureWindow(preprocessing.window(of: shape)), mask: PictureMask(try masks.mask(of: index))
                )
            }
        }.map { try $0.get() }
    }
}

extension PictureMask {
    fileprivate init(_ mask: SegmentedImages.Mask) {
        self.init(
            height: mask.height, width: mask.width,
            layers: mask.layers.map { Layer(category: $0.category, labels: $0.labels) },
            whole: mask.whole.map { Concept(category: $0.category, label: $0.label) })
    }
}

extension Tensor {
    /// Some columns of a matrix, each times a factor.
    fileprivate func columns(at columns: [Int], times factors: [Float]) -> Tensor {
        var chosen = self.columns(at: columns)
        let (rows, width) = (chosen.rows, columns.count)
        chosen.withUnsafeMutable { x in
            for row in 0..<rows { for column in 0..<width { x[row * width + column] *= factors[column] } }
        }
        return chosen
    }
}
