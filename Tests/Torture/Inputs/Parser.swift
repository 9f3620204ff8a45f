import Cache
import Explorer
import Files
import Foundation
import TestSupport
import VisionModels
import Workbench

/// What reads files that come from elsewhere, and how it is tortured.
struct Parser: Sendable {
    struct Sample: Sendable {
        var name: String
        var bytes: [UInt8]
    }

    let name: String
    /// Its part of all inputs.
    let share: Int
    /// Whole files, which are damaged.
    let samples: [Sample]
    /// Those that are refused even whole.
    var refused: Set<String> = []
    /// Pieces of its grammar.
    var words: [String] = []
    /// Makes checksums right again, which would hide damage from what lies behind them; done to half of the inputs.
    var repair: (@Sendable (inout [UInt8]) -> Void)?
    /// Prepares a folder for itself; what it gives tries one input.
    let prepare: @Sendable (ScratchFolder) throws -> (_ sample: Sample, _ bytes: [UInt8]) throws -> Void

    /// The input of a number: always the same one.
    func input(_ index: Int, seed: UInt64) -> Sample {
        let name = self.name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
        var mutator = Mutator(random: SeededRandom(seed: seed &* 0x9E37_79B9 &+ name &+ UInt64(index) << 20))
        let sample = samples[index % samples.count]
        // The first of each are whole: what is not accepted then tests nothing.
        guard index >= samples.count else { return sample }
        var bytes = mutator.damaged(sample.bytes, others: samples.map(\.bytes), words: words)
        if let repair, index % 2 == 0 { repair(&bytes) }
        return Sample(name: sample.name, bytes: bytes)
    }

    /// Errors that the program words for its users.
    static func isWorded(_ error: any Error) -> Bool {
        switch error {
        case is FileError, is VisionModelsError, is WorkbenchError, is CacheError, is ThemeError, is ImageFault,
            is JSON.SyntaxError, is Refusal:
            true
        default: false
        }
    }
}

/// What an input did that none should.
struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Where a reader says no by nil or an error that its caller words.
struct Refusal: Error {}

extension Parser.Sample {
    init(_ file: URL) throws { self.init(name: file.lastPathComponent, bytes: [UInt8](try Data(contentsOf: file))) }
    init(_ name: String, _ text: String) { self.init(name: name, bytes: Array(text.utf8)) }
}

/// Files of the goldens.
func golden(_ path: String) -> URL { Samples.root.appending(path: "Tests/Goldens/\(path)") }
