import Foundation
import LinearAlgebra
import TestSupport
import Testing

@Suite struct TensorTests {
    @Test("Matrices stand beside and above each other row by row")
    func joining() {
        let (a, b) = (Tensor([2, 1], [1, 2]), Tensor([2, 2], [3, 4, 5, 6]))
        #expect(a.beside(b) == Tensor([2, 3], [1, 3, 4, 2, 5, 6]))
        #expect(b.above(Tensor([1, 2], [7, 8])) == Tensor([3, 2], [3, 4, 5, 6, 7, 8]))
    }

    @Test("a copy keeps its values when the original is written")
    func valueSemantics() {
        var a = Tensor([2, 2], [1, 2, 3, 4])
        let b = a
        a[0] = 9
        #expect(b.values == [1, 2, 3, 4])
        #expect(a.values == [9, 2, 3, 4])
    }

    @Test("borrowed memory is read in place and copied on the first write")
    func borrowing() {
        final class Owner: Sendable {}
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: 3)
        defer { memory.deallocate() }
        memory.initialize(from: [1, 2, 3], count: 3)
        var borrowed = Tensor([3], borrowing: memory, owner: Owner())
        #expect(borrowed.withUnsafe { $0.baseAddress } == UnsafePointer(memory))
        borrowed[1] = 7
        #expect(memory[1] == 2)
        #expect(borrowed.values == [1, 7, 3])
    }

    @Test("a product agrees with its definition in every orientation")
    func products() {
        let a = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        let b = Tensor([3, 2], [1, 0, 0, 1, 1, 1])
        let expected = Tensor([2, 2], [4, 5, 10, 11])
        #expect(multiply(a, .plain, b) == expected)
        #expect(multiply(a.transposedByHand, .transposed, b) == expected)
        #expect(multiply(a, .plain, b.transposedByHand, .transposed) == expected)
        #expect(multiply(a.transposedByHand, .transposed, b.transposedByHand, .transposed) == expected)
        #expect(multiply(a, [1, 1, 1]) == [6, 15])
    }

    @Test("inner products of some rows are those of copies of them")
    func innerProductsOfRows() {
        let a = Tensor([5, 3], (0..<15).map { Float($0 * $0 % 7) })
        let b = Tensor([4, 3], (0..<12).map { Float($0 * 5 % 11) })
        #expect(innerProducts(a, 1..<4, b, 2..<4) == multiply(a.rows(1..<4), .plain, b.rows(2..<4), .transposed))
        #expect(innerProducts(a, 2..<2, b, 0..<4).shape == [0, 4])
    }

    @Test("rows and columns are gathered in the order asked for")
    func gathering() {
        let a = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
        #expect(a.columns(at: [2, 0]) == Tensor([2, 2], [3, 1, 6, 4]))
        #expect(a.rows(at: [1, 1]) == Tensor([2, 3], [4, 5, 6, 4, 5, 6]))
    }

    @Test("a parallel map keeps its order")
    func parallelOrder() {
        #expect(parallelMap(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
        #expect(parallelMap(0) { $0 } == [])
    }
}

@Suite struct KernelTests {
    private static let points = stride(from: Float(-12), through: 12, by: 0.013).map { $0 }

    @Test("GELU is x Φ(x)")
    func gelu() {
        var x = Tensor([Self.points.count], Self.points)
        x.applyGELU()
        assertClose(
            x.values, Self.points.map { Float(Double($0) * 0.5 * (1 + erf(Double($0) / 2.0.squareRoot()))) },
            within: 2e-6, because: "the erf's polynomial errs by 1.5e-7, times |x|")
    }

    @Test("QuickGELU is x σ(1.702 x)")
    func quickGELU() {
        var x = Tensor([Self.points.count], Self.points)
        x.applyQuickGELU()
        assertClose(
            x.values, Self.points.map { Float(Double($0) / (1 + Foundation.exp(-1.702 * Double($0)))) },
            within: 2e-6, because: "exp to two units in the last place")
    }

    @Test("softmax rows sum to one, keep order and ignore a shift", arguments: [1, 5, 8, 17, 1000])
    func softmax(columns: Int) {
        let values = (0..<columns).map { Foundation.sin(Float($0) * 1.7) * 5 }
        var (x, shifted) = (Tensor([1, columns], values), Tensor([1, columns], values.map { $0 + 64 }))
        x.applySoftmax()
        shifted.applySoftmax()
        let exps = values.map { Foundation.exp(Double($0)) }
        let sum = exps.reduce(0, +)
        assertClose(x.values, exps.map { Float($0 / sum) }, within: 1e-6, because: "exp to two units in the last place")
        assertClose(x.values, shifted.values, within: 1e-5, because: "the shift rounds the logits to 4e-6")
    }

    @Test("layer norm gives zero mean and unit variance before scale and shift")
    func layerNorm() {
        let x = Tensor([3, 33], (0..<99).map { Foundation.cos(Float($0)) * 3 + 2 })
        let ones = Tensor([33], [Float](repeating: 1, count: 33))
        let y = x.layerNormalized(scale: ones, shift: Tensor([33]), epsilon: 0)
        for row in 0..<3 {
            let values = y.row(row)
            assertClose(values.reduce(0, +), 0, within: 1e-4, because: "a sum of 33 float32 values")
            assertClose(
                values.reduce(0) { $0 + $1 * $1 }, 33, within: 1e-5, because: "a sum of 33 float32 values")
        }
    }

    @Test("normalised rows have norm one; a zero row stays zero")
    func normalizedRows() {
        let y = Tensor([2, 2], [3, 4, 0, 0]).normalized()
        assertClose(y.values, [0.6, 0.8, 0, 0], within: 1e-6, because: "one rounding")
        #expect(Tensor([1, 4], [1, 5, 5, 2]).argmax() == [1])
    }
}

extension Tensor {
    fileprivate var transposedByHand: Tensor {
        Tensor([columns, rows], (0..<columns).flatMap { c in (0..<rows).map { self[$0, c] } })
    }
}
