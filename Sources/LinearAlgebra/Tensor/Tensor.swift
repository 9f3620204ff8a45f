import CKernels
import Synchronization

/// Contiguous row-major float32 values with a shape.
///
/// A tensor is a value: copying shares the storage until one copy writes. A tensor over memory that someone else owns
/// (a mapped file) is read in place and copied on the first write.
package struct Tensor: Sendable {
    package private(set) var shape: [Int]
    private var storage: TensorStorage

    /// A tensor of zeros.
    package init(_ shape: [Int]) {
        self.shape = shape
        storage = TensorStorage(count: shape.reduce(1, *))
    }

    /// A tensor whose every element `fill` writes; its memory is not cleared before.
    package init(_ shape: [Int], fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.shape = shape
        storage = TensorStorage(uninitialized: shape.reduce(1, *))
        try fill(UnsafeMutableBufferPointer(start: storage.base, count: storage.count))
    }

    /// - Precondition: `values.count` is the product of `shape`.
    package init(_ shape: [Int], _ values: some Collection<Float>) {
        self.init(shape)
        precondition(values.count == count, "\(values.count) values do not fill a tensor of shape \(shape)")
        let target = UnsafeMutableBufferPointer(start: storage.base, count: count)
        _ = target.initialize(from: values)
    }

    /// A tensor over memory kept alive by `owner`; nothing is copied.
    package init(_ shape: [Int], borrowing base: UnsafePointer<Float>, owner: AnyObject & Sendable) {
        self.shape = shape
        storage = TensorStorage(borrowing: base, count: shape.reduce(1, *), owner: owner)
    }

    /// Number of elements.
    package var count: Int { storage.count }

    /// The product of all dimensions but the last: a tensor read as a matrix.
    package var rows: Int { shape.dropLast().reduce(1, *) }

    /// The last dimension.
    package var columns: Int { shape.last ?? 1 }

    /// The same values under another shape.
    package func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "a tensor of shape \(self.shape) has no shape \(shape)")
        var result = self
        result.shape = shape
        return result
    }

    package func withUnsafe<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withExtendedLifetime(storage) { () throws(Failure) in
            try body(UnsafeBufferPointer(start: storage.base, count: count))
        }
    }

    package mutating func withUnsafeMutable<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) || storage.isBorrowed { storage = storage.copy() }
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.base, count: count))
        }
    }

    /// Element at a flat position.
    package subscript(position: Int) -> Float {
        get {
            precondition(position >= 0 && position < count)
            return storage.base[position]
        }
        set {
            precondition(position >= 0 && position < count)
            withUnsafeMutable { $0[position] = newValue }
        }
    }

    /// Element of the tensor read as a matrix.
    package subscript(row: Int, column: Int) -> Float {
        get { self[row * columns + column] }
        set { self[row * columns + column] = newValue }
    }

    /// One row of the tensor read as a matrix, copied.
    package func row(_ index: Int) -> [Float] {
        withUnsafe { Array($0[index * columns..<(index + 1) * columns]) }
    }

    /// Rows `range` of the tensor read as a matrix, copied: shape [range.count, columns].
    package func rows(_ range: Range<Int>) -> Tensor {
        withUnsafe { Tensor([range.count, columns], $0[range.lowerBound * columns..<range.upperBound * columns]) }
    }

    /// The rows at `indices`, gathered: shape [indices.count, columns]. Those of a large mapped file are read past the
    /// mapping, so that memory holds no more of it than is asked for.
    package func rows(at indices: [Int]) -> Tensor {
        let columns = columns
        precondition(indices.allSatisfy { $0 >= 0 && ($0 + 1) * columns <= count })
        let lender = count >= Self.largeFile ? storage.owner as? any ReleasableMemory : nil
        return Tensor([indices.count, columns]) { target in
            withUnsafe { source in
                guard let lender else {
                    for (row, index) in indices.enumerated() {
                        (target.baseAddress! + row * columns).update(
                            from: source.baseAddress! + index * columns, count: columns)
                    }
                    return
                }
                // Each block writes rows of its own.
                nonisolated(unsafe) let (source, target) = (source, target)
                parallel(blocks(of: indices.count, size: 64)) { block in
                    for row in block {
                        let values = source[indices[row] * columns..<(indices[row] + 1) * columns]
                        lender.read(
                            UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: values)),
                            into: target.baseAddress! + row * columns)
                    }
                }
            }
        }
    }

    /// Elements: 128 MB.
    private static let largeFile = 1 << 25

    /// The columns at `indices` of the tensor read as a matrix, gathered: shape [rows, indices.count].
    package func columns(at indices: [Int]) -> Tensor {
        let columns = columns
        precondition(indices.allSatisfy { $0 >= 0 && $0 < columns })
        return Tensor([rows, indices.count]) { target in
            withUnsafe { source in
                for row in 0..<rows {
                    for (column, index) in indices.enumerated() {
                        target[row * indices.count + column] = source[row * columns + index]
                    }
                }
            }
        }
    }

    /// All values in order.
    package var values: [Float] { withUnsafe { Array($0) } }
}

extension Tensor: Equatable {
    /// Same shape and the same bits but for the sign of zero; NaN differs from itself.
    package static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withUnsafe { x in b.withUnsafe { y in x.elementsEqual(y) } }
    }
}

/// Whoever lends a tensor memory that can be had again, as a mapped file can.
package protocol ReleasableMemory: AnyObject, Sendable {
    /// The bytes are not read for now: memory that holds them may be given back.
    func release(_ bytes: UnsafeRawBufferPointer)
    /// Copies bytes without holding them.
    func read(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer)
}

extension Tensor {
    /// While `body` runs, `release` gives nothing back: for values that are read here and there, again and again.
    package func holding<Result>(_ body: () throws -> Result) rethrows -> Result {
        storage.holders.add(1, ordering: .relaxed)
        defer {
            storage.holders.subtract(1, ordering: .relaxed)
            release(rows: 0..<rows)
        }
        return try body()
    }

    /// Gives back the memory of some rows where they are mapped from a file; reading them later maps them again.
    package func release(rows: Range<Int>) {
        guard let owner = storage.owner as? any ReleasableMemory, storage.holders.load(ordering: .relaxed) == 0
        else { return }
        withUnsafe { values in
            owner.release(
                UnsafeRawBufferPointer(
                    UnsafeBufferPointer(rebasing: values[rows.lowerBound * columns..<rows.upperBound * columns])))
        }
    }
}

/// 64-byte aligned memory, owned or borrowed from `owner`. Written only through `Tensor`, which copies shared storage first.
private final class TensorStorage: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let count: Int
    let owner: (AnyObject & Sendable)?
    /// Who wants all of it in memory.
    let holders = Atomic<Int>(0)
    var isBorrowed: Bool { owner != nil }

    /// A forward pass frees its blocks and asks for the same ones again, layer after layer.
    private static let keepsFreedMemory: Void = kernel_keep_freed_memory()

    init(uninitialized count: Int) {
        _ = Self.keepsFreedMemory
        let size = max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
        if size >= KERNEL_LARGE_BLOCK { kernel_prefer_large_pages(raw, size) }
        base = raw.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
        owner = nil
    }

    convenience init(count: Int) {
        self.init(uninitialized: count)
        base.initialize(repeating: 0, count: count)
    }

    init(borrowing base: UnsafePointer<Float>, count: Int, owner: AnyObject & Sendable) {
        self.base = UnsafeMutablePointer(mutating: base)
        self.count = count
        self.owner = owner
    }

    func copy() -> TensorStorage {
        let result = TensorStorage(uninitialized: count)
        result.base.update(from: base, count: count)
        return result
    }

    deinit {
        if owner == nil { base.deallocate() }
    }
}
