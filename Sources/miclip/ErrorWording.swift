import Cache
import CursesTerminal
import Explorer
import Foundation
import VisionModels
import Workbench

/// The one place that words errors for people and chooses the exit status (sysexits.h).
enum ErrorWording {
    static func isOurs(_ error: any Error) -> Bool {
        switch error {
        case is CacheError, is VisionModelsError, is WorkbenchError, is TerminalError, is ThemeError,
            is CancellationError:
            true
        default: false
        }
    }

    /// One line: the file, the place, what was expected and what was found.
    static func words(for error: any Error) -> String {
        switch error {
        case let error as CacheError: words(error)
        case let error as VisionModelsError: words(error)
        case let error as WorkbenchError: words(error)
        case let error as TerminalError: words(error)
        case let error as ThemeError: words(error)
        case is CancellationError: "stopped; the same command goes on where it was"
        default: "\(error)"
        }
    }

    /// 65 wrong data, 66 missing input, 70 internal, 74 reading or writing failed, 130 interrupted.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case is CancellationError: 130
        case is ThemeError: 65
        case is TerminalError: 69
        case let error as CacheError:
            switch error {
            case .missing: 66
            case .notAStudy, .damaged, .newerSchema, .alreadyExists: 65
            case .missingRecord: 70
            case .readOnly, .needsWriting, .diskFull, .busy, .failed: 74
            }
        case let error as VisionModelsError:
            switch error {
            case .unreadable(_, let code): code == ENOENT || code == ENOTDIR ? 66 : 74
            case .unwritable, .beingWritten: 74
            case .notInCache, .missingFile: 66
            case .unsupportedPrecision: 64
            default: 65
            }
        case let error as WorkbenchError:
            switch error {
            case .missingResources, .missingLabels, .notExtracted, .notAligned, .noAutoencoder, .missingShares: 66
            case .unknownLayer, .unknownPooling, .unsuitablePooling, .unknownClass, .unknownUnit, .unknownFeature,
                .emptyConcept, .notLinear, .needsClasses, .fixedClasses, .classesAreUnits, .repeatedShare:
                64
            case .unreadable, .unwritable: 74
            case .conceptsNotUTF8, .noConcepts, .tooFewClasses, .notALabel, .labelOutOfRange, .notFinite,
                .otherHookPoint,
                .templateWithoutPlaceholder, .noReadableImages, .unmatchedClasses, .foldersOfOneClass,
                .unknownClassOfFolder, .isShare, .notAShare,
                .unfinishedShare, .foreignShare, .foreignStudy, .malformedSession:
                65
            }
        default: 70
        }
    }

    private static func words(_ error: WorkbenchError) -> String {
        switch error {
        case .missingResources(let name, let searched):
            "the folder \(name) that comes with miclip is missing; looked in \(list(searched)). "
                + "Set MICLIP_RESOURCES to the folder that holds it."
        case .notExtracted(let study): "\(study): no activations yet; run `miclip extract --study \(study)`"
        case .notAligned(let study): "\(study): no neuron encoder yet; run `miclip align --study \(study)`"
        case .unknownLayer(let name, let known): "no layer \(name); the model has \(list(known))"
        case .unknownPooling(let name, let known): "no pooling \(name); there are \(list(known))"
        case .unsuitablePooling(let name, let layer, let known):
            "the pooling \(name) does not suit layer \(layer); there are \(list(known))"
        case .unknownClass(let name, let known): "no class \(name); the model has \(list(known))"
        case .unknownUnit(let text, let layer, let count):
            "\(text) is no unit of this study; expected \(layer):0 to \(layer):\(count - 1), with + or - for a pole"
        case .conceptsNotUTF8(let file, let line): "\(file): line \(line): expected UTF-8 text"
        case .notALabel(let file, let line): "\(file): expected a concept, a tab and its category, found “\(line)”"
        case .noConcepts(let file): "\(file): expected one concept a line, found none"
        case .templateWithoutPlaceholder(let file, let template):
            "\(file): expected {} for the concept in every template, found \"\(template)\""
        case .needsClasses(let model):
            "\(model): a CLIP classifies over any classes; name a list of them with --classes"
        case .fixedClasses(let model):
            "\(model): its classes are its own; only a CLIP as target model takes others"
        case .classesAreUnits(let layer):
            "the units of \(layer) are the classes; a study of another layer takes other classes"
        case .tooFewClasses(let found, let expected):
            "\(found) classes; expected the names of the study's classes, or a line for each of the \(expected) (equal lines are one class)"
        case .noReadableImages(let images, let count, let first):
            "\(images): none of \(count) images can be read; the first: \(first)"
        case .isShare(let study): "\(study): only a share of an extraction; join all shares with `miclip merge`"
        case .notAShare(let study): "\(study): a whole study, not a share of one"
        case .unfinishedShare(let study): "\(study): this share is not whole yet; run its `miclip extract` again"
        case .foreignShare(let study, let first): "\(study): not a share of the same extraction as \(first)"
        case .repeatedShare(let share, let studies): "share \(share) is there twice: \(list(studies))"
        case .missingShares(let shares): "missing shares: \(list(shares))"
        case .foreignStudy(let study): "\(study): another study stands here already; name a new folder"
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .malformedSession(let file, let place): "\(file): not a session of miclip: unexpected JSON at \(place)"
        case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
        case .missingLabels(let images, let expected):
            "\(images): accuracy needs labels; expected \(expected) beside it"
        case .labelOutOfRange(let file, let image, let label, let classes):
            "\(file): label of image \(image): expected 0 to \(classes - 1), found \(label)"
        case .unmatchedClasses(let images, let folders, let classes):
            "\(images): expected folders named as the model's classes, by WordNet identifiers or by number; no single class is "
                + "called \(list(folders)); no folder is called \(list(classes)). Name the pairs with --class-map FILE: "
                + "a folder, a tab and its class on each line"
        case .foldersOfOneClass(let images, let folders, let name):
            "\(images): expected one folder for the class \(name), found \(list(folders)); --class-map FILE says which is "
                + "which"
        case .unknownClassOfFolder(let file, let folder, let name):
            "\(file): folder \(folder): expected a class of the model, found \(name)"
        case .notFinite(let model, let image): "\(model): gives NaN or infinity for \(image)"
        case .emptyConcept: "the concept is empty; expected at least one word"
        case .unknownFeature(let text, let layer, let count):
            "\(text) is no feature of this study; expected \(layer):f0 to \(layer):f\(count - 1)"
        case .noAutoencoder(let study):
            "\(study): no features yet; run `miclip sae train --study \(study)`, or `miclip sae import` with your own"
        case .otherHookPoint(let file, let expected, let found):
            "\(file): trained on \(found); expected \(expected), the study's layer (--any-hook-point takes it all the same)"
        case .notLinear(let layer):
            "an exact curve needs a layer that the logits are linear in; \(layer) is not (see `miclip layers`)"
        }
    }

    private static func words(_ error: CacheError) -> String {
        switch error {
        case .missing(let file): "\(file): no study here; `miclip extract --study DIR` makes one"
        case .alreadyExists(let file): "\(file): a study stands here already"
        case .notAStudy(let file): "\(file): not a study of miclip; nothing in it was touched"
        case .damaged(let file, let place, let expected, let found):
            "\(file): \(place): expected \(expected), found \(found)"
        case .newerSchema(let file, let found, let known):
            "\(file): made by a newer miclip (it has \(list(found)); this one knows \(list(known))); nothing was touched"
        case .readOnly(let file): "\(file): the study can only be read here, and this needs to write"
        case .needsWriting(let file):
            "\(file): the study must be written to before it can be read; make its folder writable"
        case .diskFull(let file): "\(file): the disk is full; what was stored before is whole"
        case .busy(let file, let seconds):
            "\(file): another process has been writing for \(Int(seconds)) s; try again when it is done"
        case .missingRecord(let file, let kind, let key): "\(file): no \(kind) \(key)"
        case .failed(let file, let code, let message): "\(file): \(message)\(code.map { " (SQLite \($0))" } ?? "")"
        }
    }

    private static func words(_ error: VisionModelsError) -> String {
        switch error {
        case .unreadable(let file, let code): "\(file): cannot be read: \(system(code))"
        case .unwritable(let file, let code): "\(file): cannot be written: \(system(code))"
        case .beingWritten(let file): "\(file): another process is writing it; try again when it is done"
        case .malformedJSON(let file, let line, let expected): "\(file): line \(line): expected \(expected)"
        case .unsuitableSetting(let file, let key, let expected, let found):
            "\(file): \(key): expected \(expected), found \(found)"
        case .malformedCheckpoint(let file, let fault): "\(file): \(words(fault))"
        case .missingTensor(let file, let tensor, expected: []): "\(file): tensor \(tensor): expected it, found none"
        case .missingTensor(let file, let tensor, let expected):
            "\(file): tensor \(tensor): expected shape \(expected), found none"
        case .misshapenTensor(let file, let tensor, let expected, let found):
            "\(file): tensor \(tensor): expected shape \(expected), found \(found)"
        case .wrongElementType(let file, let tensor, let expected, let found):
            "\(file): tensor \(tensor): expected \(list(expected.map(\.rawValue))), found \(found.rawValue)"
        case .unusedTensors(let file, let tensors):
            "\(file): expected only tensors of the model, found \(list(tensors)) too"
        case .unsupportedPrecision(let precision):
            "this processor does not multiply \(precision.rawValue) (AVX512_BF16); leave out --precision"
        case .notInCache(let model, let cache):
            "\(model): no such file or folder, and no such model in Hugging Face's cache, \(cache); "
                + "nothing is ever downloaded"
        case .missingFile(let folder, let kind, let searched):
            "\(folder): no \(kind.rawValue) here; expected \(searched.joined(separator: ", or "))"
        case .notThatModel(let file, let expected, let found):
            "\(file): expected a model of type \(expected.map(\.rawValue).joined(separator: " or ")), found "
                + (found.map { "\($0.rawValue)" } ?? "tensors of no model that is known") + "; see `miclip inspect`"
        case .uninferable(let file, let key):
            "\(file): the tensors do not tell \(key); expected it in a config.json beside them"
        case .unsupportedModel(let file, let kind):
            "\(file): \(kind), which miclip does not run; it runs ViT, ResNet and CLIP (see `miclip inspect`)"
        case .notFiniteTensor(let file, let tensor, let place, let value):
            "\(file): tensor \(tensor): expected finite numbers, found \(value) at \(place)"
        case .unsupportedVariant(let file, let what): "\(file): a variant that miclip does not follow: \(what)"
        case .malformedIndex(let file, let fault): "\(file): \(words(fault))"
        case .classCount(let file, let expected, let found):
            "\(file): expected \(expected) classes, one a line, found \(found)"
        case .severalCheckpoints(let folder, let found):
            "\(folder): expected one safetensors file, or model.safetensors, found \(list(found)); name the one you mean"
        case .pickledCheckpoint(let pickle):
            "\(pickle.files[0]): \(PickleWording.reason(pickle)); save it as "
                + "safetensors: \(PickleWording.conversion(pickle, to: "model.safetensors"))"
        case .pickledAutoencoder(let file):
            "\(file): a PyTorch pickle, which runs code when read; save it as sae_weights.safetensors: "
                + "python3 -c \"import torch, safetensors.torch as s; d = torch.load('\(file)', weights_only=True); "
                + "t = d.get('state_dict', d); s.save_file({k: v.contiguous() for k, v in t.items() if "
                + "torch.is_tensor(v)}, 'sae_weights.safetensors', {'activation': str(d.get('activation', 'ReLU')), "
                + "'k': str(d.get('activation_state_dict', {}).get('k', 0))})\""
        case .malformedVocabulary(let file, let fault): "\(file): \(words(fault))"
        case .malformedMerge(let file, let line, let fault): "\(file): line \(line): \(words(fault))"
        case .malformedIDX(let file, let fault): "\(file): \(words(fault))"
        case .malformedImage(let file, let fault): "\(file): \(words(fault))"
        case .noImages(let path, let passedOver):
            "\(path): expected images (\(ImageWording.formats)), or an IDX file; found "
                + (passedOver.isEmpty ? "none" : "only \(ImageWording.kinds(passedOver)), which are not read")
        case .malformedFileList(let file, let line, let expected): "\(file): line \(line): expected \(expected)"
        case .labelCount(let file, let expected, let found): "\(file): expected \(expected) labels, found \(found)"
        case .imageSize(let image, let expected, let found):
            "\(image): expected an image of \(expected), found \(found)"
        }
    }

    private static func words(_ fault: CheckpointFault) -> String {
        switch fault {
        case .noHeader(let size): "header: expected at least 8 bytes, found \(size)"
        case .headerLength(let claimed, let available):
            "header: expected at most \(available) bytes, found a claim of \(claimed): not a safetensors file, or cut short"
        case .headerSyntax(let line, let expected): "header: line \(line): expected \(expected)"
        case .entry(let tensor, let expected): "header: tensor \(tensor): expected \(expected)"
        case .unknownElementType(let tensor, let found):
            "header: tensor \(tensor): expected a known dtype, found \(found)"
        case .offsets(let tensor, let start, let found, let size):
            "header: tensor \(tensor): expected offsets from \(start) to at most \(size), found \(found)"
        case .byteCount(let tensor, let expected, let found):
            "header: tensor \(tensor): expected \(expected) bytes for its shape, found \(found)"
        case .dataSize(let expected, let found): "data: expected \(expected) bytes, found \(found)"
        }
    }

    private static func words(_ fault: ShardIndexFault) -> String {
        switch fault {
        case .noWeightMap: "expected weight_map with a file for each tensor, found none"
        case .notAFile(let tensor, let found):
            "tensor \(tensor): expected a safetensors file beside the index, found \(found)"
        case .missing(let tensor, let shard): "tensor \(tensor): expected in \(shard), found none"
        case .misplaced(let tensor, let shards):
            "tensor \(tensor): expected only in \(shards[0]), found in \(shards[1])"
        case .unlisted(let tensor, let shard): "expected every tensor of its files, found \(tensor) in \(shard) too"
        }
    }

    private static func words(_ fault: VocabularyFault) -> String {
        switch fault {
        case .compression(let code): "the compressed data is damaged (zlib \(code))"
        case .encoding(let key, let expected): "\(key): expected \(expected)"
        case .missingToken(let token): "expected the token \(token), found none"
        case .identifier(let token, let found):
            "token \(token): expected a number below the count of tokens, found \(found)"
        case .repeatedIdentifier(let number): "expected each number once, found \(number) twice"
        case .tooLarge(let tokens, let embedded): "expected at most \(embedded) tokens, found \(tokens)"
        }
    }

    private static func words(_ fault: MergeFault) -> String {
        switch fault {
        case .notAPair(let found): "expected two symbols with a space between, found \"\(found)\""
        case .unknownSymbol(let symbol): "expected symbols of the vocabulary, found \"\(symbol)\""
        case .notUTF8: "expected UTF-8 text"
        }
    }

    private static func words(_ fault: IDXFault) -> String {
        switch fault {
        case .magic(let found): "expected an IDX file of bytes (it begins 0 0 8), found \(found)"
        case .dimensions(let expected, let found): "expected \(expected) dimensions, found \(found)"
        case .noPixels(let claimed): "expected images of at least one pixel, found sizes \(claimed)"
        case .size(let claimed, let available):
            "expected as many bytes as its sizes \(claimed) say, found \(available)"
        case .compression(let code): "the compressed data is damaged (zlib \(code))"
        }
    }

    private static func words(_ fault: ImageFault) -> String {
        switch fault {
        case .format(let found): "expected an image (\(ImageWording.formats)), found \(ImageWording.words(found))"
        case .size(let height, let width, let most):
            "expected at most \(most) pixels, found a claim of \(width) x \(height)"
        case .memory(let height, let width): "no memory for its \(width) x \(height) pixels"
        case .damaged(let format, let reason): "damaged \(format): \(reason)"
        }
    }

    private static func words(_ error: TerminalError) -> String {
        switch error {
        case .notATerminal:
            "the explorer needs a terminal on standard input and output; for scripts see `miclip --help`"
        case .unknownTerminal(let name):
            name.isEmpty
                ? "TERM is not set; expected the name of a terminal, such as xterm-256color"
                : "TERM=\(name) is not in the terminal database; try TERM=xterm-256color"
        case .cannotPositionCursor(let name):
            "TERM=\(name) cannot position the cursor, which the explorer needs; for scripts see `miclip --help`"
        case .system(let code): "the terminal cannot be used: \(system(code))"
        }
    }

    private static func words(_ error: ThemeError) -> String {
        let place = [error.file, error.line.map { "line \($0)" }, error.key].compactMap { $0 }.joined(separator: ": ")
        let fault =
            switch error.fault {
            case .syntax(let words): "not YAML: \(words)"
            case .notAMapping: "expected lines of `role: colour`"
            case .unknownKey: "no such role; known are \(list(Role.allCases.map(\.rawValue)))"
            case .missingKey: "expected this key, found none"
            case .repeatedKey: "expected once, found twice"
            case .notAColor(let found): "expected #rrggbb or default, found \(found)"
            }
        return "\(place): \(fault)"
    }

    private static func list(_ items: [String], most: Int = 12) -> String {
        items.count <= most
            ? items.joined(separator: ", ")
            : items.prefix(most).joined(separator: ", ") + " and \(items.count - most) more"
    }

    private static func system(_ code: Int32) -> String { String(cString: strerror(code)) }
}
