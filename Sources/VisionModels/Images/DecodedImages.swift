import Digests
import LinearAlgebra
import Synchronization

/// What a model takes: a size, and how an image becomes numbers.
package struct ModelInput: Sendable, Hashable {
    package var shape: ImageShape
    package var preprocessing: Preprocessing

    package init(shape: ImageShape, preprocessing: Preprocessing) {
        self.shape = shape
        self.preprocessing = preprocessing
    }
}

extension TargetModel {
    package var modelInput: ModelInput { ModelInput(shape: input, preprocessing: preprocessing) }
}

extension ConceptSpace {
    package var modelInput: ModelInput { ModelInput(shape: input, preprocessing: preprocessing) }
}

/// Some images of a source, read once and prepared for one or more models.
package struct DecodedImages: Sendable {
    /// The indices that could be read, in the order asked for.
    package let indices: [Int]
    /// For each model, [indices.count, channels, height, width].
    package let pixels: [Tensor]
    /// Those that could not be read, in the order asked for.
    package let failures: [(index: Int, error: VisionModelsError)]
}

extension ImageSource {
    /// Reads the images at `indices` on all cores, each once, and prepares each for every model.
    ///
    /// Memory: one decoded image a core, and the pixels returned.
    package func decoded(_ indices: [Int], for inputs: [ModelInput]) -> DecodedImages {
        let shapes = inputs.map(\.shape)
        let failed = Mutex<[Int: VisionModelsError]>([:])
        // Every image writes a place of its own, and none is read before all are done.
        let targets = shapes.map { UnsafePixels(count: indices.count * $0.count) }
        parallel(indices.count) { position in
            do throws(VisionModelsError) {
                let image = try image(indices[position])
                for (input, target) in zip(inputs, targets) {
                    let size = input.shape.count
                    try write(
                        image, indices[position], for: input, to: target.values(position * size..<(position + 1) * size)
                    )
                }
            } catch {
                failed.withLock { $0[position] = error }
            }
        }
        let errors = failed.withLock { $0 }
        let kept = indices.indices.filter { errors[$0] == nil }
        let pixels = zip(shapes, targets).map { shape, target in
            let whole = Tensor(
                [indices.count, shape.channels, shape.height, shape.width], borrowing: target.base, owner: target)
            guard kept.count < indices.count else { return whole }
            return whole.reshaped([indices.count, shape.count]).rows(at: kept)
                .reshaped([kept.count, shape.channels, shape.height, shape.width])
        }
        return DecodedImages(
            indices: kept.map { indices[$0] }, pixels: pixels,
            failures: errors.keys.sorted().map { (indices[$0], errors[$0]!) })
    }

    private func write(
        _ image: RawImage, _ index: Int, for input: ModelInput, to target: UnsafeMutableBufferPointer<Float>
    ) throws(VisionModelsError) {
        let made = input.preprocessing.inputShape(of: image.shape)
        guard made == input.shape else {
            throw .imageSize(image: name(of: index), expected: input.shape, found: made)
        }
        input.preprocessing.write(image, to: target)
    }
}

/// Memory that several threads fill, each a part of its own.
private final class UnsafePixels: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        base = .allocate(capacity: max(count, 1))
        base.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { base.deallocate() }

    func values(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count)
    }
}

/// Some images of another source, under their own names.
package struct SelectedImages: ImageSource {
    private let source: any ImageSource
    private let indices: [Int]
    package let labels: [Int]?

    /// - Precondition: indices of `source`.
    package init(_ source: any ImageSource, at indices: [Int]) {
        self.source = source
        self.indices = indices
        labels = source.labels.map { labels in indices.map { labels[$0] } }
    }

    package var name: String { source.name }
    package var count: Int { indices.count }
    package func name(of index: Int) -> String { source.name(of: indices[index]) }
    package func image(_ index: Int) throws(VisionModelsError) -> RawImage { try source.image(indices[index]) }
    package func digest(of index: Int) throws(VisionModelsError) -> Digest { try source.digest(of: indices[index]) }
}

/// The images of several sources, one after the other.
package struct JoinedImages: ImageSource {
    private let sources: [any ImageSource]
    private let ends: [Int]

    /// - Precondition: at least one source.
    package init(_ sources: [any ImageSource]) {
        precondition(!sources.isEmpty, "no images to join")
        self.sources = sources
        ends = sources.reduce(into: []) { ends, source in ends.append((ends.last ?? 0) + source.count) }
    }

    package var name: String { sources.map(\.name).joined(separator: ", ") }
    package var count: Int { ends[ends.count - 1] }
    /// None: the sources need not mean the same classes.
    package var labels: [Int]? { nil }

    package func name(of index: Int) -> String {
        let (source, position) = place(of: index)
        return source.name(of: position)
    }

    package func image(_ index: Int) throws(VisionModelsError) -> RawImage {
        let (source, position) = place(of: index)
        return try source.image(position)
    }

    package func digest(of index: Int) throws(VisionModelsError) -> Digest {
        let (source, position) = place(of: index)
        return try source.digest(of: position)
    }

    private func place(of index: Int) -> (any ImageSource, Int) {
        precondition(index >= 0 && index < count, "no image \(index) among \(count)")
        let source = ends.firstIndex { index < $0 }!
        return (sources[source], index - (source == 0 ? 0 : ends[source - 1]))
    }
}
