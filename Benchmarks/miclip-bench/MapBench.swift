import Analysis
import Files
import Foundation
import LinearAlgebra
import VisionModels

/// t-SNE of points in a file, timed; its layout goes into another file. Benchmarks/tsne.py calls it and compares.
enum MapBench {
    /// - Parameter files: safetensors with `points` [N, d], and where `layout` [N, 2] is to be written; then `tree` for
    ///   Barnes and Hut's tree however few points there are.
    static func run(files: [String]) throws {
        guard files.count >= 2 else { return print("miclip-bench map POINTS LAYOUT [tree]") }
        var parameters = TSNEParameters()
        if files.last == "tree" { parameters.exactLimit = 0 }
        let points = try Checkpoint(URL(filePath: files[0])).tensor("points")
        let clock = ContinuousClock()
        let began = clock.now
        let layout = try TSNE(parameters).layout(points)
        let seconds = (clock.now - began) / .seconds(1)
        let flat = layout.points.flatMap { [$0.x, $0.y] }
        try SafetensorsFile.write(
            [(name: "layout", tensor: Tensor([points.rows, 2], flat))], metadata: [:], to: URL(filePath: files[1]))
        print("{\"seconds\": \(seconds), \"divergence\": \(layout.divergence)}")
    }
}
