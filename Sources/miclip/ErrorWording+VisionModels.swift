import Files
import VisionModels

extension ErrorWording {
    static func words(_ error: VisionModelsError) -> String {
        switch error {
        case .file(let error): words(error)
        case .listed(let list, let line, let error): "\(list): line \(line): \(words(error))"
        case .changed(let file): "\(file): has changed since the study read it; extract again"
        case .unsuitableSetting(let file, let key, let expected, let found):
            "\(file): \(key): expected \(expected), found \(found)"
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
        case .notInCache(let model, let searched, let nearest):
            "\(model): no such file or folder, and no such model in \(searched.joined(separator: ", ")); "
                + (nearest.isEmpty ? "none there is called alike" : "nearest there: \(nearest.joined(separator: ", "))")
                + " (nothing is ever downloaded)"
        case .severalInCache(let model, let found):
            "\(model): expected the name of one model, found \(list(found)) in the caches; name the one you mean"
        case .otherHash(let file, let expected, let found):
            "\(file): expected bytes whose SHA-256 begins with \(expected), as the name says, found \(found); fetch it again, or "
                + "rename it where it is another's"
        case .missingFile(let folder, let kind, let searched):
            "\(folder): no \(kind.rawValue) here; expected \(searched.joined(separator: ", or "))"
        case .notThatModel(let file, let expected, let found):
            "\(file): expected a model of type \(expected.map(\.rawValue).joined(separator: " or ")), found "
                + (found.map { "\($0.rawValue)" } ?? "tensors of no model that is known") + "; see `miclip inspect`"
        case .uninferable(let file, let key):
            "\(file): the tensors do not tell \(key); expected it in a config.json beside them"
        case .unsupportedModel(let file, let kind):
            "\(file): \(kind), which miclip does not run; it runs "
                + (ForeignModel.relatives(of: kind) ?? "ViT, ResNet, EfficientNet, ConvNeXt, CLIP and SigLIP")
                + " (see `miclip inspect`)"
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
        case .pickledAutoencoder(let file, let fault):
            "\(file): a PyTorch pickle without an autoencoder that can be read"
                + (fault.map { " (\(PickleWording.words($0)))" } ?? "") + "; save it as sae_weights.safetensors: "
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
        case .noMasks(let path):
            "\(path): expected labelled images: index.csv and label.csv with images/ (Broden), or images/, annotations/ and "
                + "objectInfo150.txt (ADE20K's scene parsing); found neither"
        case .malformedMask(let file, let expected, let found): "\(file): expected \(expected), found \(found)"
        case .malformedFileList(let file, let line, let expected): "\(file): line \(line): expected \(expected)"
        case .labelCount(let file, let expected, let found): "\(file): expected \(expected) labels, found \(found)"
        case .imageSize(let image, let expected, let found):
            "\(image): expected an image of \(expected), found \(found)"
        }
    }

    static func words(_ fault: ShardIndexFault) -> String {
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

    static func words(_ fault: VocabularyFault) -> String {
        switch fault {
        case .encoding(let key, let expected): "\(key): expected \(expected)"
        case .message(let byte, let expected): "byte \(byte): expected \(expected)"
        case .missingToken(let token): "expected the token \(token), found none"
        case .identifier(let token, let found):
            "token \(token): expected a number below the count of tokens, found \(found)"
        case .repeatedIdentifier(let number): "expected each number once, found \(number) twice"
        case .repeatedToken(let token, let line): "line \(line): expected each token once, found \(token) again"
        case .tooLarge(let tokens, let embedded): "expected at most \(embedded) tokens, found \(tokens)"
        }
    }

    static func words(_ fault: MergeFault) -> String {
        switch fault {
        case .notAPair(let found): "expected two symbols with a space between, found \"\(found)\""
        case .unknownSymbol(let symbol): "expected symbols of the vocabulary, found \"\(symbol)\""
        case .notUTF8: "expected UTF-8 text"
        }
    }

    static func words(_ fault: IDXFault) -> String {
        switch fault {
        case .magic(let found): "expected an IDX file of bytes (it begins 0 0 8), found \(found)"
        case .dimensions(let expected, let found): "expected \(expected) dimensions, found \(found)"
        case .noPixels(let claimed): "expected images of at least one pixel, found sizes \(claimed)"
        case .size(let claimed, let available):
            "expected as many bytes as its sizes \(claimed) say, found \(available)"
        case .compression(let code): "the compressed data is damaged (zlib \(code))"
        }
    }

    static func words(_ fault: ImageFault) -> String {
        switch fault {
        case .format(let found): "expected an image (\(ImageWording.formats)), found \(ImageWording.words(found))"
        case .size(let height, let width, let most):
            "expected at most \(most) pixels, found a claim of \(width) x \(height)"
        case .memory(let height, let width): "no memory for its \(width) x \(height) pixels"
        case .damaged(let format, let reason): "damaged \(format): \(reason)"
        }
    }
}
