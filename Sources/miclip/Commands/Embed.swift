import ArgumentParser
import Foundation
import VisionModels
import Workbench

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write embeddings of texts or images to a NumPy file.",
        discussion: """
            Rows are float32 unit vectors in the order given.

            Examples:
              miclip embed SampleData/clip --text boot --text "a handbag" --output texts.npy
              miclip embed SampleData/clip --image cat.jpg photos/ --output images.npy
            """)

    @Argument(help: "The CLIP, or for texts a sentence encoder of sentence-transformers.", completion: .file())
    var space: String
    @Option(parsing: .upToNextOption, help: "Texts.") var text: [String] = []
    @Option(
        parsing: .upToNextOption, help: "Images: files, folders, lists of files, IDX files, in any mix.",
        completion: .file()) var image: [String] = []
    @Option(help: ArgumentHelp("The .npy file to write.", valueName: "file"), completion: .file()) var output: String
    @Flag(help: "Leave out images that cannot be read, with a warning, instead of stopping at the first.")
    var skipUnreadable = false
    @OptionGroup var prompts: TemplateOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var document: OutputOptions

    func validate() throws {
        guard text.isEmpty != image.isEmpty else { throw ValidationError("Give either --text or --image.") }
    }

    func run() throws {
        let run = try EmbeddingRun(space, precision: precision.precision)
        warn(of: run.assumptions, in: space)
        let url = URL(filePath: output)
        let shape =
            image.isEmpty
            ? try run.write(text, in: prompts.chosen() ?? .plain, to: url)
            : try withProgress {
                try run.write(openImages(image, skipsUnreadable: skipUnreadable), to: url, $0)
            }
        try document.print(WrittenDocument(output: output, type: "float32", shape: shape)) { _ in
            "\(output): float32 \(shape)"
        }
    }
}
