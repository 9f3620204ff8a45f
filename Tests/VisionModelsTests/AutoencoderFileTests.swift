import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

@Suite("An autoencoder's file")
struct AutoencoderFileTests {
    private let scratch: ScratchFolder
    private let tensors: [(name: String, tensor: Tensor)]

    init() throws {
        scratch = try ScratchFolder()
        var random = SeededRandom(seed: 9)
        tensors = [("W_enc", [4, 6]), ("b_enc", [6]), ("W_dec", [6, 4]), ("b_dec", [4])].map {
            (name: $0.0, tensor: random.tensor($0.1))
        }
    }

    private func open(
        _ more: [(name: String, tensor: Tensor)], _ settings: String = "\"architecture\": \"standard\""
    ) throws -> AutoencoderFile {
        _ = try scratch.write("{\(settings)}", to: "cfg.json")
        try SafetensorsFile.write(tensors + more, to: scratch.file("sae_weights.safetensors"))
        return try AutoencoderFile(scratch.url, width: 4)
    }

    @Test func `may have tensors that do nothing, which are told`() throws {
        #expect(try open([]).ignoredTensors == [])
        let ones = Tensor([6], [Float](repeating: 1, count: 6))
        let file = try open([("scaling_factor", ones), ("stats_last_nonzero", Tensor([6]))])
        #expect(file.ignoredTensors == ["scaling_factor", "stats_last_nonzero"])
        #expect(try open([("scaling_factor", ones)], "\"finetuning_scaling_factor\": true").ignoredTensors.count == 1)
        // Prisma's gated ones keep the bias of the others.
        let gated: [(name: String, tensor: Tensor)] = ["b_gate", "r_mag", "b_mag"].map { ($0, Tensor([6])) }
        #expect(try open(gated, "\"architecture\": \"gated\"").ignoredTensors == ["b_enc"])
    }

    @Test func `with tensors that may do something is refused`() throws {
        let file = scratch.file("sae_weights.safetensors").path
        for (name, tensor) in [("scaling_factor", Tensor([2], [1, 2])), ("threshold", Tensor([6]))] {
            #expect(throws: VisionModelsError.unusedTensors(file: file, tensors: [name])) { try open([(name, tensor)]) }
        }
    }

    @Test func `with NaN or infinity in it is refused, with the place`() throws {
        for (index, place, value) in [(0, [2, 3], Float.nan), (3, [1], Float.infinity), (2, [5, 3], -Float.infinity)] {
            var bad = tensors
            let shape = bad[index].tensor.shape
            let offset = zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 }
            bad[index].tensor.withUnsafeMutable { $0[offset] = value }
            _ = try scratch.write("{}", to: "cfg.json")
            try SafetensorsFile.write(bad, to: scratch.file("sae_weights.safetensors"))
            #expect(
                throws: VisionModelsError.notFiniteTensor(
                    file: scratch.file("sae_weights.safetensors").path, tensor: bad[index].name, place: place,
                    value: "\(value)")
            ) { try AutoencoderFile(scratch.url, width: 4) }
        }
    }

    @Test func `with decoder rows too long for what they scale is refused`() throws {
        var long = tensors
        long[2].tensor.withUnsafeMutable { $0[4 * 3] = 3e38 }
        _ = try scratch.write(
            "{\"architecture\": \"topk\", \"k\": 2, \"rescale_acts_by_decoder_norm\": true}", to: "cfg.json")
        try SafetensorsFile.write(long, to: scratch.file("sae_weights.safetensors"))
        #expect {
            try AutoencoderFile(scratch.url, width: 4)
        } throws: { error in
            guard case .notFiniteTensor(_, "W_dec", [3], _)? = error as? VisionModelsError else { return false }
            return true
        }
    }
}
