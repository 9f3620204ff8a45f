import Files
import Foundation
import LinearAlgebra
import TestSupport
import Testing
import VisionModels

/// Goldens/make_pickle_goldens.py saves them.
@Suite("A PyTorch file")
struct PickleTests {
    private static let goldens = packageFolder.appending(path: "Tests/Goldens/pickles")
    private static let readable = [
        "zip.pth", "legacy.pth", "protocol4.pth", "trainer.ckpt", "wrapped.pt", "trainer-legacy.pth", "both.pt",
    ]

    private func fault(_ url: URL) throws -> PickleFault? {
        do throws(VisionModelsError) {
            _ = try loadTargetModel(at: url)
        } catch .pickledCheckpoint(let pickle) { return pickle.fault } catch { return nil }
        return nil
    }

    @Test(arguments: readable) func `has the tensors that PyTorch put into it`(_ name: String) throws {
        let expected = try Checkpoint(Self.goldens.appending(path: "expected.safetensors"))
        let found = try Checkpoint(Self.goldens.appending(path: name))
        #expect(found.tensorNames == expected.tensorNames)
        for tensor in expected.tensorNames {
            #expect(found.shape(of: tensor) == expected.shape(of: tensor), "\(tensor)")
            #expect(found.elementType(of: tensor) == expected.elementType(of: tensor), "\(tensor)")
            if tensor == "counts" {
                #expect(try found.integers(tensor) == expected.integers(tensor))
            } else {
                #expect(try found.tensor(tensor).values == expected.tensor(tensor).values, "\(tensor)")
            }
        }
    }

    /// `view.pt` has a matrix of 4 x 3 under its transpose.
    @Test func `of a view has its elements in order`() throws {
        let view = try Checkpoint(Self.goldens.appending(path: "view.pt"))
        #expect(view.shape(of: "weight") == [3, 4])
        let whole = try view.tensor("weight")
        let stored = try Data(contentsOf: Self.goldens.appending(path: "view.pt"))
        for (row, column) in [(0, 0), (0, 1), (1, 0), (2, 3)] {
            let value = Swift.withUnsafeBytes(of: whole[row, column]) { Data($0) }
            let next = Swift.withUnsafeBytes(of: whole[row + (row < 2 ? 1 : -1), column]) { Data($0) }
            #expect(
                stored.range(of: row < 2 ? value + next : next + value) != nil, "neighbours in the file are a column")
        }
        #expect(try view.tensor("weight", rows: 1..<3).values == Array(whole.values[4...]))
    }

    @Test func `of a TorchScript has its modules' tensors, and its code is not looked at`() throws {
        let linear = try Checkpoint(Self.goldens.appending(path: "script.pt"))
        #expect(linear.tensorNames == ["bias", "weight"] && linear.shape(of: "weight") == [2, 2])
        let expected = try Checkpoint(Self.goldens.appending(path: "nested-script.safetensors"))
        let nested = try Checkpoint(Self.goldens.appending(path: "nested-script.pt"))
        #expect(nested.tensorNames == expected.tensorNames)
        for name in expected.tensorNames { #expect(try nested.tensor(name) == expected.tensor(name), "\(name)") }
    }

    /// `opcodes.json` is Python's own list, from `pickletools`.
    @Test func `with an instruction that no checkpoint needs is refused by its name and byte`() throws {
        let scratch = try ScratchFolder()
        let known = Set("(012NILJKMFGVSXTUBC}])tldaesuqrphjgcRbQ.".utf8).union([
            0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96,
        ])
        let list = try Data(contentsOf: Self.goldens.appending(path: "opcodes.json"))
        let names = try JSONDecoder().decode([String: UInt8].self, from: list)
        let codes = Set(names.values)
        #expect(names.count == 68 && codes.count == 68 && known.isSubset(of: codes))
        for (name, code) in names where !known.contains(code) {
            #expect(PickleInstruction.name(ofRefused: code) == name)
        }
        for code in UInt8.min...UInt8.max {
            scratch.replace("x.pth", with: [0x80, 2, code])
            let fault = try fault(scratch.file("x.pth"))
            #expect(fault != nil, "instruction \(code)")
            if !known.contains(code) { #expect(fault == .instruction(code, at: 2)) }
            #expect((PickleInstruction.name(ofRefused: code) != nil) == (codes.contains(code) && !known.contains(code)))
        }
    }

    @Test func `that would run something is refused by its name and byte`() throws {
        guard case .name(let name, let place)? = try fault(Self.goldens.appending(path: "evil.pt")) else {
            Issue.record("it was read")
            return
        }
        #expect(["posix.system", "nt.system"].contains(name) && place > 0)
    }

    @Test func `with the weights and their mean is read for the weights, and that is said`() throws {
        let file = Self.goldens.appending(path: "resnet.ckpt")
        let assumptions = try loadTargetModel(at: file).assumptions
        #expect(assumptions.prefix(2) == [.wrapper("module."), .weights("state_dict, not state_dict_ema")])
        let layout = packageFolder.appending(path: "Tests/Goldens/layouts/torchvision-resnet-basic/resnet.safetensors")
        let (found, expected) = (try Checkpoint(file), try Checkpoint(layout))
        #expect(found.tensorNames == expected.tensorNames)
        #expect(try found.tensor("fc.weight") == expected.tensor("fc.weight"))
    }

    @Test func `may hold an autoencoder in Prisma's layout`() throws {
        let file = try AutoencoderFile(Self.goldens.appending(path: "prisma/weights.pt"), width: 4)
        #expect(
            file.layout == .prisma && file.contents.encoder.shape == [6, 4] && file.ignoredTensors == ["scaling_factor"]
        )
    }

    @Test func `of hostile instructions is an error`() throws {
        let scratch = try ScratchFolder()
        func fault(_ program: [UInt8]) throws -> PickleFault? {
            try self.fault(scratch.write([0x80, 2] + program, to: "\(program.count).pth"))
        }
        // Tuples in tuples without end; lists that hold themselves; a stack that is empty; a memory of everything.
        #expect(try fault([UInt8(ascii: ")")] + [UInt8](repeating: 0x85, count: 1_000_000)) == .tooLarge(at: 66))
        #expect(try fault(Array("]q\u{0}h\u{0}a".utf8) + Array("h\u{0}a.".utf8)) != nil)
        #expect(
            try fault(
                [UInt8](repeating: UInt8(ascii: "]"), count: 200_000)
                    + [UInt8](repeating: UInt8(ascii: "a"), count: 199_999) + [0x2E]) != nil)
        #expect(try fault([UInt8(ascii: "R")]) == .misuse(of: UInt8(ascii: "R"), at: 2))
        #expect(try fault([UInt8(ascii: "X"), 0xFF, 0xFF, 0xFF, 0x7F]) == .endsTooSoon(at: 7))
        #expect(try fault([UInt8(ascii: "i")]) == .instruction(UInt8(ascii: "i"), at: 2))
        #expect(try fault([0x82, 1]) == .instruction(0x82, at: 2))
    }

    @Test(arguments: readable + ["evil.pt"]) func `with changed bytes is an error, or tensors that lie in it`(
        _ name: String
    ) throws {
        let whole = [UInt8](try Data(contentsOf: Self.goldens.appending(path: name)))
        let scratch = try ScratchFolder()
        var random = SeededRandom(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        for round in 0..<1500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 10 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            scratch.replace("x.pth", with: bytes)
            guard let found = try? Checkpoint(scratch.file("x.pth")) else { continue }
            for tensor in found.tensorNames where found.elementType(of: tensor) == .float32 {
                #expect(try found.tensor(tensor).count == found.shape(of: tensor)!.reduce(1, *))
            }
        }
    }
}
