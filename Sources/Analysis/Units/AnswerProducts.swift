import LinearAlgebra

/// One vector for each image of a range: [range.count, d]
package typealias ImageVectors = @Sendable (Range<Int>) throws -> Tensor

extension ProbeActivations {
    /// Block by block; each core has rows of its own in the product, and units of its own in the sums.
    package func sums(
        over images: WeightedImages, of vectors: ImageVectors, along directions: Tensor?,
        checkCancellation: () throws -> Void
    ) throws -> Tensor {
        let (values, units) = (try values, unitCount)
        var sums = Tensor([images.groups, units])
        for block in blocks(of: imageCount, size: max(64, (1 << 22) / max(1, units))) {
            try checkCancellation()
            let v = try vectors(block)
            let along = directions.map { productByRows(v, $0) } ?? v
            sums.withUnsafeMutable { sums in
                nonisolated(unsafe) let sums = sums
                values.withUnsafe { a in
                    nonisolated(unsafe) let a = a
                    along.withUnsafe { along in
                        nonisolated(unsafe) let along = along
                        parallel(blocks(of: units, size: 64)) { part in
                            for image in block {
                                let (at, from) = (image * units, (image - block.lowerBound) * units)
                                let (into, weight) = (images.group[image] * units, images.weight[image])
                                for i in part { sums[into + i] += weight * a[at + i] * along[from + i] }
                            }
                        }
                    }
                }
            }
            values.release(rows: block)
        }
        return sums
    }
}

extension UnitStatistics {
    /// The mean of one value a unit, over the images predicted as each class: [classes, units]
    package func means(ofClasses classes: Int, of vectors: ImageVectors) throws -> Tensor {
        let images = WeightedImages(classes: predictions, of: classes)
        let units = unitCount
        var sums = Tensor([classes, units])
        for block in blocks(of: imageCount, size: 4096) {
            let v = try vectors(block)
            sums.withUnsafeMutable { sums in
                v.withUnsafe { v in
                    for image in block {
                        let (from, into) = ((image - block.lowerBound) * units, images.group[image] * units)
                        for i in 0..<units { sums[into + i] += images.weight[image] * v[from + i] }
                    }
                }
            }
        }
        return sums
    }
}

extension FeatureActivations {
    package func sums(
        over images: WeightedImages, of vectors: ImageVectors, along directions: Tensor?,
        checkCancellation: () throws -> Void
    ) throws -> Tensor {
        sums(over: images, try products(of: vectors, along: directions, checkCancellation))
    }

    /// v(x)·d_j of every image and every feature that it activates, as `codes` lie.
    private func products(
        of vectors: ImageVectors, along directions: Tensor?, _ checkCancellation: () throws -> Void
    ) throws -> [Float] {
        var products: [Float] = []
        products.reserveCapacity(codes.values.count)
        let size = directions?.columns ?? unitCount
        for block in blocks(of: imageCount, size: max(64, (1 << 22) / max(1, size))) {
            try checkCancellation()
            let v = try vectors(block)
            let parts = parallelMap(blocks(of: block, size: 64)) { rows in
                rows.flatMap { image -> [Float] in
                    let at = codes.range(of: image)
                    let vector = v.row(image - block.lowerBound)
                    guard let directions else { return at.map { vector[Int(codes.indices[$0])] } }
                    return rowDots(directions, at: Array(codes.indices[at]), vector)
                }
            }
            products += parts.joined()
        }
        return products
    }

    /// Feature by feature, over the images that activate it.
    private func sums(over images: WeightedImages, _ products: [Float]) -> Tensor {
        var sums = Tensor([images.groups, unitCount])
        sums.withUnsafeMutable { sums in
            for image in 0..<imageCount {
                let (into, weight) = (images.group[image] * unitCount, images.weight[image])
                for at in codes.range(of: image) {
                    sums[into + Int(codes.indices[at])] += weight * codes.values[at] * products[at]
                }
            }
        }
        return sums
    }
}

/// x wᵀ on all cores: [x.rows, w.rows]
private func productByRows(_ x: Tensor, _ w: Tensor) -> Tensor {
    let (rows, width, count) = (x.rows, x.columns, w.rows)
    precondition(width == w.columns, "vectors of \(width) values along directions of \(w.columns)")
    return Tensor([rows, count]) { target in
        nonisolated(unsafe) let target = target
        x.withUnsafe { x in
            nonisolated(unsafe) let x = x
            w.withUnsafe { w in
                nonisolated(unsafe) let w = w
                parallel(blocks(of: rows, size: 256)) { part in
                    multiply(
                        m: part.count, n: count, k: width, x.baseAddress! + part.lowerBound * width, lda: width,
                        .plain, w.baseAddress!, ldb: width, .transposed,
                        into: target.baseAddress! + part.lowerBound * count,
                        ldc: count)
                }
            }
        }
    }
}
