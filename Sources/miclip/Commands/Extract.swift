import Analysis
import ArgumentParser
import Files
import Foundation
import LinearAlgebra
import VisionModels
import Workbench

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run models over a study's images: begin a study, add layers to it, or go on.",
        discussion: """
            Creates the study if there is none at --study; what is not given is taken from the bundled study. Given more \
            layers or another --model, adds them to the study that is there: one forward pass serves all layers, and \
            embeddings are kept. Concepts, templates, class lists and class names change without a forward pass. An \
            interrupted extraction goes on where it stopped. Images that cannot be read are left out and listed.

            Examples:
              miclip extract --study vit.study --layer blocks.1 --layer blocks.2 --layer norm
              miclip extract --study vit.study --layer blocks.3
              miclip extract --study clip.study --model SampleData/clip --classes classes.txt --layer blocks.1
              miclip extract --study part1.study --shard 1/4 --layer blocks.2
              miclip extract --study photos.study --layer blocks.2 --print-sbatch 100 > extract.sh
              srun miclip extract --study photos.study --shard auto --layer blocks.2   # then miclip merge photos.study
            """)

    @Option(help: ArgumentHelp("The target model's folder.", valueName: "dir"), completion: .file()) var model: String?
    @Option(help: "A target layer, a hook point of `miclip layers`; may be given several times.") var layer: [String] =
        []
    @Option(help: "How tokens become one vector: cls, mean or max.") var pooling: String?
    @Flag(
        help:
            "Keep every token of every image too, so that features of tokens need no forward pass: tokens times the room."
    )
    var keepTokens = false
    @Option(
        help: ArgumentHelp(
            "The concept space: the folder of a CLIP or SigLIP, or of a sentence encoder, in which images lie by the names of the classes that --model takes them for (ConSE).",
            valueName: "dir"), completion: .file())
    var conceptSpace: String?
    @Option(
        help: ArgumentHelp(
            "Images to align on: a folder, tars ('train-{000..146}.tar'), a list or an IDX file.", valueName: "file"),
        completion: .file())
    var probeImages: String?
    @Option(
        help: ArgumentHelp(
            "Images to count accuracy on: a folder of class folders or with metadata.csv, tars with .cls or .json labels, a list with classes, or an IDX file with its labels beside it.",
            valueName: "file"), completion: .file())
    var heldOutImages: String?
    @Option(help: ArgumentHelp("The concept list, one concept a line.", valueName: "file"), completion: .file())
    var concepts: String?
    @Option(
        help: ArgumentHelp(
            "Classes, one a line: what a CLIP tells apart, or names for a classifier's own.", valueName: "file"),
        completion: .file())
    var classes: String?
    @Option(
        help: ArgumentHelp(
            "Words for classes that are identifiers: n01440764, a tab and tench a line, or a name a line.",
            valueName: "file"), completion: .file())
    var classNames: String?
    @Option(
        help: ArgumentHelp(
            "Which class each folder of images stands for, where its name does not tell: folder, a tab and class a line.",
            valueName: "file"), completion: .file())
    var classMap: String?
    @Option(
        help: ArgumentHelp(
            "A linear head that says which class an image is: weight [classes, units] and bias [classes], in safetensors or .npz.",
            valueName: "file"), completion: .file())
    var head: String?
    @Option(
        help: ArgumentHelp(
            "Only this share of the images, as in 2/4; `miclip merge` joins them. auto: the share of this task of a job (arrays of Slurm, Grid Engine, AWS Batch and Kubernetes, Slurm, MPI, torchrun, or MICLIP_SHARD=2/4), in a folder of its own under the study.",
            valueName: "i/n"))
    var shard: ShardChoice?
    @Option(
        help: ArgumentHelp(
            "Run nothing: print a batch script for Slurm that does this as an array of so many tasks.",
            valueName: "tasks"))
    var printSbatch: Int?
    @Option(
        help: ArgumentHelp("The study's folder (default: the bundled study).", valueName: "dir"), completion: .directory
    ) var study: String?
    @OptionGroup var prompts: TemplateOptions
    @Option(help: PrecisionOptions.help) var precision: Precision?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let tasks = printSbatch, tasks < 1 || study == nil {
            throw ValidationError("Say how many tasks, at least 1, and name the study's folder with --study.")
        }
        if study == nil, try shard != nil || plan(nil) != StudyPlan.bundled {
            throw ValidationError("Name a folder for the new study with --study.")
        }
    }

    /// Where the study, or a share of it, stands, and under what the share of a scheduler's task does.
    private func place() throws -> (folder: URL, shard: Shard?, root: ShareRoot?)? {
        guard let folder = study.map({ URL(filePath: $0) }) else { return nil }
        switch shard {
        case nil: return (folder, nil, nil)
        case .given(let share): return (folder, share, nil)
        case .auto:
            guard let task = try ScheduledTask(ProcessInfo.processInfo.environment) else {
                throw WorkbenchError.noTask(variables: ScheduledTask.variables)
            }
            let root = ShareRoot(folder)
            let (share, place) = try root.share(of: task)
            printError(
                "miclip: share \(share), by \(task.title), on \(cores) core\(cores == 1 ? "" : "s"), in \(place.path)")
            return (place, share, root)
        }
    }

    func run() throws {
        if let tasks = printSbatch, let study {
            var given = Array(Miclip.arguments.drop { $0 != "extract" }.dropFirst())
            for option in ["--print-sbatch", "--shard"] { given = SlurmScript.without(option, given) }
            print(SlurmScript.text(program: CommandLine.arguments[0], arguments: given, study: study, tasks: tasks))
            return
        }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "miclip-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let study = try opened(scratch)
        try warn(ofAssumptionsIn: study.layers())
        let report = try withProgress { try study.extract($0) }
        try output.print(try ExtractionDocument(study, report)) { document in
            let layers = document.layers.map { "\($0.model) \($0.layer) (\($0.pooling))" }
            return
                (["\(document.study): complete: \(layers.joined(separator: ", "))"]
                + ImageWording.lines(warnings: document.warnings, skipped: document.skipped)).joined(separator: "\n")
        }
    }

    /// - Parameter scratch: a folder on this machine's own disk, made where it is needed.
    private func opened(_ scratch: URL) throws -> Study {
        guard let (folder, shard, root) = try place() else { return try Study.bundled() }
        let study: Study
        let exists = FileManager.default.fileExists(atPath: folder.appending(path: "study.sqlite").path)
        if let root, let shard {
            do { try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true) } catch {
                throw FileError(unwritable: scratch.path, because: error)
            }
            study = try withProgress { work in
                let reading = SharedReading(under: root, shard, work)
                return try Study(at: folder, workingIn: scratch, reading: reading) { try plan(shard) }
            }
        } else {
            study = try exists ? Study(opening: folder) : Study(creating: folder, plan: plan(shard))
        }
        guard exists else { return study }
        try refuseOtherStudy(study, shard)
        if let templates = try prompts.chosen() { try study.setTemplates(templates) }
        if let concepts { try study.addConcepts(at: path(concepts)) }
        if let plan = try targetPlan(in: study) { try study.add(plan) }
        return study
    }

    /// What needs another study: images, the concept space, the share.
    private func refuseOtherStudy(_ study: Study, _ shard: Shard?) throws {
        let own = try study.plan
        let given: [(option: String, value: String?, own: String)] = [
            ("--probe-images", probeImages.map(path), own.probeImages),
            ("--held-out-images", heldOutImages.map(path), own.heldOutImages),
            ("--concept-space", conceptSpace.map(location), own.conceptSpace),
            ("--shard", shard?.description, own.shard ?? "all images"),
        ]
        for (option, value, own) in given {
            guard let value, value != own else { continue }
            throw WorkbenchError.otherStudyNeeded(study: study.folder.path, option: option, own: own, given: value)
        }
    }

    /// Layers to add, or what of a target model changes; nil where nothing of it was given.
    private func targetPlan(in study: Study) throws -> TargetPlan? {
        guard
            model != nil || !layer.isEmpty || classes != nil || classNames != nil || classMap != nil || pooling != nil
                || precision != nil || head != nil || keepTokens
        else { return nil }
        let own = try study.layer(nil, model: model == nil ? nil : knownModel(in: study))
        var plan = own.plan
        if let model {
            plan.model = location(model)
            if plan.model != own.plan.model { (plan.classNames, plan.precision) = (nil, .float32) }
        }
        if !layer.isEmpty {
            plan.layers = layer
        } else if model != nil || precision != nil {
            // Another checkpoint is studied at the layers at which the first one is.
            plan.layers = try study.layers().map(\.reference)
                .filter { $0.model == own.reference.model && $0.pooling == own.reference.pooling }.map(\.layer)
        }
        if let precision { plan.precision = precision }
        if let pooling { plan.pooling = pooling }
        plan.keepsTokens = keepTokens || layer.isEmpty && plan.keepsTokens
        if let classes { plan.classes = path(classes) }
        if let classNames { plan.classNames = path(classNames) }
        if let classMap { plan.classMap = path(classMap) }
        if let head { plan.head = path(head) }
        return plan
    }

    /// The model that was given, where the study has it.
    private func knownModel(in study: Study) throws -> String? {
        guard let model else { return nil }
        return try study.hasTarget(location(model)) ? location(model) : nil
    }

    private func path(_ given: String) -> String { URL(filePath: given).standardizedFileURL.path }

    /// What is no file may be `org/repo`.
    private func location(_ given: String) -> String {
        FileManager.default.fileExists(atPath: given) ? path(given) : given
    }

    private func plan(_ shard: Shard?) throws -> StudyPlan {
        let sample = StudyPlan.bundled
        var target = TargetPlan(
            model: model.map(location) ?? sample.target.model, layers: layer.isEmpty ? sample.target.layers : layer,
            pooling: pooling ?? sample.target.pooling, classes: classes.map(path), classNames: classNames.map(path),
            classMap: classMap.map(path), head: head.map(path),
            precision: precision ?? .float32)
        target.keepsTokens = keepTokens
        return StudyPlan(
            target: target, conceptSpace: conceptSpace.map(location) ?? sample.conceptSpace,
            probeImages: probeImages.map(path) ?? sample.probeImages,
            heldOutImages: heldOutImages.map(path) ?? sample.heldOutImages,
            concepts: concepts.map(path) ?? sample.concepts, templates: try prompts.chosen() ?? sample.templates,
            shard: shard, precision: precision ?? .float32)
    }
}

/// What `--shard` takes.
enum ShardChoice: ExpressibleByArgument {
    case given(Shard)
    case auto

    init?(argument: String) {
        guard argument != "auto" else {
            self = .auto
            return
        }
        guard let shard = Shard(argument) else { return nil }
        self = .given(shard)
    }
}
