import Files
import Foundation

extension Preprocessing {
    /// What a family of models takes when it does not say: the processor of Hugging Face that a file without a type means,
    /// and its means and deviations.
    struct Standard: Sendable {
        let processor: Processor
        let mean: [Float]
        let deviation: [Float]

        static let vit = Standard(processor: .vit, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])
        static let clip = Standard(
            processor: .clip, mean: [0.48145466, 0.4578275, 0.40821073],
            deviation: [0.26862954, 0.26130258, 0.27577711])
        static let imageNet = Standard(processor: .convNext)
        static let bit = Standard(processor: .clip, mean: vit.mean, deviation: vit.deviation)
        static let deit = Standard(processor: .deit)
        static let dinov2 = Standard(processor: .clip)
        static let efficientNet = Standard(processor: .efficientNet)
        static let dinov3 = Standard(processor: .vit)
        static let siglip = Standard(processor: .siglip, mean: vit.mean, deviation: vit.deviation)

        init(
            processor: Processor, mean: [Float] = [0.485, 0.456, 0.406], deviation: [Float] = [0.229, 0.224, 0.225]
        ) {
            (self.processor, self.mean, self.deviation) = (processor, mean, deviation)
        }
    }

    /// The image processors of Hugging Face that read one preprocessor_config.json differently.
    enum Processor: Sendable {
        /// Shortest edge, then a centre crop; bicubic.
        case clip
        /// Straight to a size; bilinear.
        case vit
        /// Straight to a size; bicubic.
        case siglip
        /// Shortest edge over `crop_pct`, then a centre crop; from 384 pixels on straight to the size; bilinear.
        case convNext
        /// To 256 pixels, then a centre crop; bicubic.
        case deit
        /// Straight to a size, and divided by the deviations twice over where there is a classifier; bicubic.
        case efficientNet

        /// Of `image_processor_type`, or `feature_extractor_type` as it was once spelt; nil where it is another.
        init?(named name: String) {
            let stems: [(String, Processor)] = [
                ("CLIP", .clip), ("ChineseCLIP", .clip), ("Bit", .clip), ("ViT", .vit), ("DINOv3ViT", .vit),
                ("ConvNext", .convNext), ("DeiT", .deit), ("EfficientNet", .efficientNet), ("Siglip", .siglip),
            ]
            let endings = ["ImageProcessor", "ImageProcessorFast", "ImageProcessorPil", "FeatureExtractor"]
            guard let match = stems.first(where: { stem in endings.contains { stem.0 + $0 == name } }) else {
                return nil
            }
            self = match.1
        }
    }

    /// The keys of transformers' image processor in a model's folder: `image_processor` in processor_config.json, where its
    /// fifth version keeps them, else preprocessor_config.json. Nil where there are none.
    static func settings(inFolder folder: URL) throws(VisionModelsError) -> Settings? {
        func file(_ name: String) -> URL? {
            let url = folder.appending(path: name)
            return FileManager.default.fileExists(atPath: url.path) ? url : nil
        }
        if let url = file("processor_config.json") {
            let settings = try Settings(url)
            if settings["image_processor"] != nil { return try settings.section("image_processor") }
        }
        guard let url = file("preprocessor_config.json") else { return nil }
        return try Settings(url)
    }

    /// The shape that a preprocessor_config.json makes of every image; nil where that depends on the image or the model.
    static func preparedShape(_ settings: Settings, channels: Int) throws(VisionModelsError) -> ImageShape? {
        if case .string(let name)? = settings["image_processor_type"] ?? settings["feature_extractor_type"],
            Processor(named: name) == .convNext, settings["size"] != nil
        {
            guard case .shortestEdge(let edge) = try EdgeSize(settings, "size", default: .convNext) else { return nil }
            return ImageShape(channels: channels, height: edge, width: edge)
        }
        let isCropped = try settings.flag("do_center_crop", default: settings["crop_size"] != nil)
        let key = isCropped && settings["crop_size"] != nil ? "crop_size" : "size"
        let isResized = try settings.flag("do_resize", default: true)
        guard settings[key] != nil, key == "crop_size" || isResized else { return nil }
        if case .object(let sides)? = settings[key], sides["height"] == nil || sides["width"] == nil { return nil }
        let (height, width) = try settings.size(key, default: 224)
        return ImageShape(channels: channels, height: height, width: width)
    }

    /// What a family of models takes at the model's own size, where no file tells.
    init(default standard: Standard, for input: ImageShape, inFolder folder: URL) throws(VisionModelsError) {
        guard standard.mean.count == input.channels else {
            throw .unreadable(file: folder.appending(path: "preprocessor_config.json").path, code: ENOENT)
        }
        let geometry = standard.processor.geometry(
            size: standard.processor.standardSize(for: input), input: input, cropFraction: 0.875)
        self.init(
            resize: geometry.resize, resampling: standard.processor.resampling, crop: geometry.crop,
            mean: standard.mean, deviation: standard.deviation)
    }

    /// Reads the keys of a preprocessor_config.json.
    init(huggingFace settings: Settings, for input: ImageShape, default standard: Standard) throws(VisionModelsError) {
        var processor = standard.processor
        for key in ["feature_extractor_type", "image_processor_type"] {
            if case .string(let name)? = settings[key], let named = Processor(named: name) { processor = named }
        }
        let number = try settings.integer("resample", default: -1)
        guard let resampling = number == -1 ? processor.resampling : Resampling(pillow: number) else {
            throw settings.unsuitable("resample", expected: "0 to 5, a filter of Pillow")
        }
        let size =
            settings["size"] == nil
            ? processor.standardSize(for: input) : try EdgeSize(settings, "size", default: processor)
        let fraction = try settings.float("crop_pct", default: 0.875)
        guard fraction >= 0.01, fraction <= 1 else {
            throw settings.unsuitable("crop_pct", expected: "a number from 0.01 to 1")
        }
        let geometry = processor.geometry(size: size, input: input, cropFraction: Double("\(fraction)") ?? 0.875)
        let resize = try settings.flag("do_resize", default: true) ? geometry.resize : nil
        // ConvNext crops as a part of resizing.
        var crop = processor == .convNext && resize == nil ? nil : geometry.crop
        if processor != .convNext {
            if try settings.flag("do_center_crop", default: crop != nil) {
                let (height, width) =
                    settings["crop_size"] == nil
                    ? (input.height, input.width) : try settings.size("crop_size", default: input.height)
                crop = CenterCrop(height: height, width: width, rounding: .down)
            } else {
                crop = nil
            }
        }
        let scale =
            try settings.flag("do_rescale", default: true)
            ? try settings.float("rescale_factor", default: 1 / 255) : 1
        let given = try settings.statistics("image_mean", "image_std", for: input, default: standard)
        var statistics = (
            mean: [Float](repeating: 0, count: input.channels), deviation: [Float](repeating: 1, count: input.channels)
        )
        if try settings.flag("do_normalize", default: true) { statistics = given }
        if processor == .efficientNet {
            if try settings.flag("rescale_offset", default: false) { statistics.mean = statistics.mean.map { $0 + 1 } }
            if try settings.flag("include_top", default: true) {
                statistics.deviation = zip(statistics.deviation, given.deviation).map { $0 * $1 }
            }
        }
        self.init(
            resize: resize, resampling: resampling, crop: crop, scale: scale, mean: statistics.mean,
            deviation: statistics.deviation)
        if let made = fixedInputShape, made != input {
            throw settings.unsuitable(
                crop == nil ? "size" : settings["crop_size"] == nil ? "size" : "crop_size",
                expected: "what makes the model's input of \(input)")
        }
    }

    /// Reads timm's keys, as `pretrained_cfg` in its config.json has them: the shortest edge to size/`crop_pct`, rounded
    /// down, then a centre crop of the input's size.
    init(timm settings: Settings, for input: ImageShape) throws(VisionModelsError) {
        let resampling = try settings.choice("interpolation", default: Resampling.bicubic)
        let fraction: Double
        switch settings["crop_pct"] {
        case nil: fraction = 0.875
        case .number(let text)?:
            guard let value = Double(text), value >= 0.01, value <= 1 else { fallthrough }
            fraction = value
        default: throw settings.unsuitable("crop_pct", expected: "a number from 0.01 to 1")
        }
        let statistics = try settings.statistics("mean", "std", for: input, default: .imageNet)
        let height = Int((Double(input.height) / fraction).rounded(.down))
        let width = Int((Double(input.width) / fraction).rounded(.down))
        var crop = CenterCrop(height: input.height, width: input.width, rounding: .halfToEven)
        let resize: Resize
        switch try settings.choice("crop_mode", default: TimmCropMode.center) {
        case .center: resize = height == width ? .shortestEdge(height) : .covering(height: height, width: width)
        case .squash: resize = .exactly(height: height, width: width)
        case .border:
            resize = .within(height: height, width: width)
            crop.fill = statistics.mean.map { UInt8(min(max(255 * $0, 0), 255).rounded(.toNearestOrEven)) }
        }
        self.init(
            resize: resize, resampling: resampling, crop: crop, mean: statistics.mean, deviation: statistics.deviation)
    }

    private enum TimmCropMode: String, CaseIterable { case center, squash, border }

    /// Reads open_clip's keys, as `preprocess_cfg` in its open_clip_config.json has them.
    init(openCLIP settings: Settings, for input: ImageShape) throws(VisionModelsError) {
        let statistics = try settings.statistics("mean", "std", for: input, default: .clip)
        let (height, width) = (input.height, input.width)
        var crop: CenterCrop? = CenterCrop(height: height, width: width, rounding: .halfToEven)
        let resize: Resize
        switch try settings.choice("resize_mode", default: OpenCLIPResizeMode.shortest) {
        case .shortest: resize = height == width ? .shortestEdge(height) : .covering(height: height, width: width)
        case .longest:
            resize = .within(height: height, width: width)
            let fill = try settings.integer("fill_color", default: 0)
            guard let fill = UInt8(exactly: fill) else {
                throw settings.unsuitable("fill_color", expected: "0 to 255")
            }
            crop?.fill = [UInt8](repeating: fill, count: input.channels)
        case .squash:
            resize = .exactly(height: height, width: width)
            crop = nil
        }
        self.init(
            resize: resize, resampling: try settings.choice("interpolation", default: Resampling.bicubic), crop: crop,
            mean: statistics.mean, deviation: statistics.deviation)
    }

    private enum OpenCLIPResizeMode: String, CaseIterable { case shortest, longest, squash }
}

/// `size` in a preprocessor_config.json.
private enum EdgeSize {
    case shortestEdge(Int)
    case exactly(height: Int, width: Int)

    /// One number means what the processor always made of it.
    init(_ settings: Settings, _ key: String, default processor: Preprocessing.Processor) throws(VisionModelsError) {
        if case .object(let sides)? = settings[key] {
            let section = try settings.section(key)
            if sides["shortest_edge"] != nil {
                self = .shortestEdge(try section.count("shortest_edge", default: 1, most: 1 << 16))
            } else if sides["height"] != nil, sides["width"] != nil {
                self = .exactly(
                    height: try section.count("height", default: 1), width: try section.count("width", default: 1))
            } else {
                throw settings.unsuitable(key, expected: "shortest_edge, or height and width")
            }
        } else {
            let (height, width) = try settings.size(key, default: 1)
            let isEdge = [.clip, .convNext, .siglip].contains(processor) && height == width
            self = isEdge ? .shortestEdge(height) : .exactly(height: height, width: width)
        }
    }
}

extension Preprocessing.Processor {
    fileprivate var resampling: Resampling {
        [.clip, .deit, .efficientNet, .siglip].contains(self) ? .bicubic : .bilinear
    }

    /// What stands for a `size` that is not there: the model's own.
    fileprivate func standardSize(for input: ImageShape) -> EdgeSize {
        switch self {
        case .clip, .convNext: .shortestEdge(min(input.height, input.width))
        case .vit, .efficientNet, .siglip: .exactly(height: input.height, width: input.width)
        case .deit: .exactly(height: input.height * 8 / 7, width: input.width * 8 / 7)
        }
    }

    /// - Parameter cropFraction: ConvNext's `crop_pct`.
    fileprivate func geometry(
        size: EdgeSize, input: ImageShape, cropFraction: Double
    ) -> (resize: Resize, crop: CenterCrop?) {
        let crop = CenterCrop(height: input.height, width: input.width, rounding: .down)
        switch (self, size) {
        case (.convNext, .shortestEdge(let edge)) where edge < 384:
            return (
                .shortestEdge(Int(Double(edge) / cropFraction)),
                CenterCrop(height: edge, width: edge, rounding: .down)
            )
        case (.convNext, .shortestEdge(let edge)): return (.exactly(height: edge, width: edge), nil)
        case (_, .shortestEdge(let edge)):
            return (.shortestEdge(edge), [.vit, .efficientNet, .siglip].contains(self) ? nil : crop)
        case (.clip, .exactly(let height, let width)), (.deit, .exactly(let height, let width)):
            return (.exactly(height: height, width: width), crop)
        case (_, .exactly(let height, let width)): return (.exactly(height: height, width: width), nil)
        }
    }
}

extension Settings {
    /// Means and deviations, one for each channel of `input`.
    fileprivate func statistics(
        _ mean: String, _ deviation: String, for input: ImageShape, default standard: Preprocessing.Standard
    ) throws(VisionModelsError) -> (mean: [Float], deviation: [Float]) {
        let means = try floats(mean) ?? standard.mean
        let deviations = try floats(deviation) ?? standard.deviation
        guard means.count == input.channels else {
            throw unsuitable(mean, expected: "one number for each of \(input.channels) channels")
        }
        guard deviations.count == input.channels, !deviations.contains(0) else {
            throw unsuitable(deviation, expected: "one number, not zero, for each of \(input.channels) channels")
        }
        return (means, deviations)
    }
}

extension Preprocessing {
    /// Who wrote a file of settings, and so what its keys are.
    package enum SettingsLayout: String, Sendable, CaseIterable {
        /// preprocessor_config.json.
        case huggingFace
        /// config.json with `pretrained_cfg`, or what stands in that.
        case timm
        /// open_clip_config.json with `preprocess_cfg`, or what stands in that.
        case openCLIP
    }

    /// Reads a file of settings for a model that takes `input`.
    package init(settings url: URL, layout: SettingsLayout, for input: ImageShape) throws(VisionModelsError) {
        let settings = try Settings(url)
        switch layout {
        case .huggingFace: try self.init(huggingFace: settings, for: input, default: .vit)
        case .timm:
            let isWhole = settings["pretrained_cfg"] != nil
            try self.init(timm: isWhole ? settings.section("pretrained_cfg") : settings, for: input)
        case .openCLIP:
            let isWhole = settings["preprocess_cfg"] != nil
            try self.init(openCLIP: isWhole ? settings.section("preprocess_cfg") : settings, for: input)
        }
    }
}
