import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("A checkpoint")
struct CheckpointTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func open(_ bytes: some Sequence<UInt8>) throws -> Checkpoint {
        try Checkpoint(try scratch.write(bytes, to: "a.safetensors"))
    }

    @Test func `gives back the tensors and texts that were written`() throws {
        var random = SeededRandom(seed: 1)
        let tensors = [
            (name: "b", tensor: random.tensor([2, 3])), (name: "a \"quoted\\ name\"\n", tensor: random.tensor([7])),
            (name: "scalar", tensor: random.tensor([])), (name: "empty", tensor: Tensor([0, 4])),
        ]
        let url = scratch.file("out.safetensors")
        try SafetensorsFile.write(tensors, metadata: ["made from": "ünï\u{1}"], to: url)

        let checkpoint = try Checkpoint(url)
        #expect(checkpoint.metadata == ["made from": "ünï\u{1}"])
        #expect(checkpoint.tensorNames == tensors.map(\.name).sorted())
        for (name, tensor) in tensors { #expect(try checkpoint.tensor(name, shape: tensor.shape) == tensor) }
        #expect(try scratch.names == ["out.safetensors"], "nothing else is left behind")
    }

    @Test func `reads every float type, aligned or not`() throws {
        let types =
            "\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]}"
            + ",\"brain\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[6,10]}"
            + ",\"double\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[10,18]}"
            + ",\"single\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[18,22]}"
        var data: [UInt8] = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00]  // 1, -2, the least positive half
        data += [0x40, 0x40, 0x80, 0xBF]  // 3, -1
        data += withUnsafeBytes(of: Double(0.1)) { Array($0) } + withUnsafeBytes(of: Float(0.7)) { Array($0) }
        for padding in 0..<4 {
            let checkpoint = try open(safetensors("{\(types)}" + String(repeating: " ", count: padding), data: data))
            #expect(try checkpoint.tensor("half").values == [1, -2, 0x1p-24])
            #expect(try checkpoint.tensor("brain").values == [3, -1])
            #expect(try checkpoint.tensor("double").values == [0.1])
            #expect(try checkpoint.tensor("single").values == [0.7])
        }
    }

    @Test func `reads whole numbers as such, and refuses to take them for floats`() throws {
        let header = "{\"i\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}}"
        let checkpoint = try open(
            safetensors(header, data: [5] + [UInt8](repeating: 0, count: 7) + [UInt8](repeating: 0xFF, count: 8)))
        #expect(try checkpoint.integers("i") == [5, -1])
        #expect(
            throws: VisionModelsError.wrongElementType(
                file: checkpoint.file, tensor: "i", expected: [.float32, .float16, .bfloat16, .float64], found: .int64)
        ) { try checkpoint.tensor("i") }
    }

    @Test func `names the tensor that is missing or has another shape`() throws {
        let url = scratch.file("one.safetensors")
        try SafetensorsFile.write([("w", Tensor([2, 3]))], to: url)
        let checkpoint = try Checkpoint(url)
        #expect(throws: VisionModelsError.missingTensor(file: url.path, tensor: "v", expected: [4])) {
            try checkpoint.tensor("v", shape: [4])
        }
        #expect(
            throws: VisionModelsError.misshapenTensor(file: url.path, tensor: "w", expected: [3, 2], found: [2, 3])
        ) { try checkpoint.tensor("w", shape: [3, 2]) }
    }

    @Test(arguments: [
        ("{}", 1, SafetensorsFault.dataSize(expected: 0, found: 1)),
        ("[]", 0, .headerSyntax(line: 1, byte: 9, path: "", expected: "an object")),
        ("{\"a\":1,\n\"a\":1}", 0, .headerSyntax(line: 2, byte: 22, path: "", expected: "\"a\" only once")),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4,
            .entry(tensor: "a", expected: "dtype, shape and data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4,
            .entry(tensor: "a", expected: "dtype, shape and data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", 4,
            .entry(tensor: "a", expected: "dtype, shape and data_offsets")
        ),
        (
            "{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
            .unknownElementType(tensor: "a", found: "Q4")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0,
            .entry(tensor: "a", expected: "a shape that fits in memory")
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4,
            .byteCount(tensor: "a", expected: 8, found: 4)
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4,
            .offsets(tensor: "a", expectedStart: 0, found: [0, 8], dataSize: 4)
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,0]}}", 4,
            .offsets(tensor: "a", expectedStart: 4, found: [4, 0], dataSize: 4)
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
            .offsets(tensor: "a", expectedStart: 0, found: [4, 8], dataSize: 8)
        ),
        (
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
            .offsets(tensor: "b", expectedStart: 8, found: [4, 8], dataSize: 8)
        ),
        ("{\"__metadata__\":{\"a\":1}}", 0, .entry(tensor: "__metadata__", expected: "texts")),
        (
            String(repeating: "[", count: 100_000), 0,
            .headerSyntax(
                line: 1, byte: 41, path: "…" + String(repeating: "[0]", count: 8), expected: "no more than 32 levels")
        ),
    ])
    func `says how a header lies`(header: String, dataSize: Int, fault: SafetensorsFault) throws {
        let bytes = safetensors(header, data: [UInt8](repeating: 0, count: dataSize))
        let path = scratch.file("a.safetensors").path
        #expect(throws: VisionModelsError.file(.malformedSafetensors(file: path, fault))) { try open(bytes) }
    }

    @Test func `is refused wherever the file is cut off`() throws {
        let url = scratch.file("whole.safetensors")
        try SafetensorsFile.write([("a", Tensor([3], [1, 2, 3])), ("b", Tensor([1, 2], [4, 5]))], to: url)
        let whole = try Data(contentsOf: url)
        for length in 0..<whole.count {
            #expect(throws: VisionModelsError.self, "cut to \(length) bytes") { try open(whole.prefix(length)) }
        }
        #expect(try open(whole).tensor("b").values == [4, 5])
    }

    @Test func `survives any damaged byte: an error, or tensors of the sizes it claims`() throws {
        var random = SeededRandom(seed: 7)
        let url = scratch.file("whole.safetensors")
        try SafetensorsFile.write(
            [("first", random.tensor([3, 4])), ("second", random.tensor([5]))], metadata: ["k": "v"], to: url)
        let whole = [UInt8](try Data(contentsOf: url))
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let checkpoint = try open(bytes)
                for name in checkpoint.tensorNames {
                    let shape = try #require(checkpoint.shape(of: name))
                    guard let tensor = try? checkpoint.tensor(name) else { continue }
                    #expect(tensor.values.count == shape.reduce(1, *))
                }
            } catch is VisionModelsError { refused += 1 }
        }
        #expect(refused > 500, "most of a small file is header, and a damaged header is refused")
    }

    @Test func `that cannot be read or written says why, as errno`() throws {
        let missing = scratch.file("none.safetensors")
        #expect(throws: VisionModelsError.file(.unreadable(file: missing.path, code: ENOENT))) {
            try Checkpoint(missing)
        }
        #expect(throws: VisionModelsError.file(.unreadable(file: scratch.url.path, code: EISDIR))) {
            try Checkpoint(scratch.url)
        }
        let nowhere = scratch.file("none/out.safetensors")
        #expect(throws: FileError.unwritable(file: nowhere.path, code: ENOENT)) {
            try SafetensorsFile.write([("a", Tensor([1]))], to: nowhere)
        }
    }

    @Test func `has a digest of its bytes`() throws {
        let a = try open(safetensors("{} ")).digest()
        #expect(try open(safetensors("{} ")).digest() == a)
        #expect(try open(safetensors("{}\n")).digest() != a)
    }
}
