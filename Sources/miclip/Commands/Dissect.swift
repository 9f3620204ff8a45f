import Analysis
import ArgumentParser
import Foundation
import VisionModels
import Workbench

struct Dissect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Network Dissection: which labelled pixels each unit overlaps.",
        discussion: """
            The images are those of FOLDER, whose pixels are labelled: Broden's layout (index.csv, label.csv, images/), or \
            that of ADE20K's scene parsing (images/, annotations/, objectInfo150.txt, sceneCategories.txt). The study gives \
            layer and units; the layer must have places (see `miclip layers`).

            A unit's map of an image is interpolated to the mask's pixels and cut at the value that the unit exceeds at 0.5 % \
            of all places. Intersection over union with each label is counted over all images that have a label of its \
            category; above 0.04 the unit is called a detector (Bau et al. 2017). Both poles of a signed unit are tried. \
            The model runs twice over every image, and nothing is kept.

            --output writes the best concept of every unit (of signed ones, of the positive pole) as `miclip evaluate \
            --explanations --descriptions` takes it.

            Examples:
              miclip dissect broden1_224/ --study vit.study --layer blocks.8 --output dissected.csv
              miclip dissect ADEChallengeData2016/ --study vit.study --layer blocks.8 --images 2000 --units features
            """)

    @Argument(help: "The folder of labelled images.", completion: .directory) var folder: String
    @Option(help: "Only the first so many images.") var images: Int?
    @Option(help: "Share of places at which a unit is active.") var share = ActivationThresholds.publishedShare
    @Option(help: "IoU above which a unit is a detector.") var least = Dissection.publishedLeast
    @Option(help: "How many concepts a unit.") var top = 1
    @Option(
        help: ArgumentHelp("A CSV file to write: layer,unit,description,similarity,category.", valueName: "file"),
        completion: .file())
    var output: String?
    @OptionGroup var units: UnitOptions
    @OptionGroup var study: StudyOptions
    @OptionGroup var document: OutputOptions

    func validate() throws {
        try requirePositive(top, "--top")
        if let images { try requirePositive(images, "--images") }
        guard share > 0, share < 1 else { throw ValidationError("--share must lie between 0 and 1; found \(share).") }
    }

    func run() throws {
        let masks = try openSegmentedImages(at: URL(filePath: folder))
        let layer = try study.layer(units: [units.kind])
        let found = try withProgress {
            try layer.dissected(masks, kind: units.kind, images: images, share: share, top: top, $0)
        }
        if let output { try UserFile.write(found.table, to: URL(filePath: output)) }
        try document.print(DissectionDocument(found, share: share, least: least)) { $0.text }
    }
}
