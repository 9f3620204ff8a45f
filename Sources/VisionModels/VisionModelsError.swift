import Files
import LinearAlgebra

/// What can be wrong with the files this layer reads and writes, as data: the file, the place in it, what was expected
/// and what was found. The executable turns it into words.
package enum VisionModelsError: Error, Sendable, Hashable {
    /// A file that cannot be read or written, whatever was wanted of it.
    case file(FileError)
    /// A file that a list names on a line, counted from 1, and that cannot be read.
    indirect case listed(list: String, line: Int, VisionModelsError)
    /// An image file is not the one that was recorded.
    case changed(file: String)

    // Settings: config.json and preprocessor_config.json.

    /// A key that is missing or has a value this program cannot follow.
    case unsuitableSetting(file: String, key: String, expected: String, found: String)

    // Checkpoints.

    case missingTensor(file: String, tensor: String, expected: [Int])
    case misshapenTensor(file: String, tensor: String, expected: [Int], found: [Int])
    case wrongElementType(file: String, tensor: String, expected: [ElementType], found: ElementType)
    /// Tensors in the file that the model has no place for.
    case unusedTensors(file: String, tensors: [String])
    /// A model that is no path and in no cache: the folders that were searched, and names there that are like it.
    case notInCache(model: String, searched: [String], nearest: [String])
    /// A name that several models in caches have the beginning of.
    case severalInCache(model: String, found: [String])
    /// A file whose name begins its SHA-256 otherwise than its bytes do.
    case otherHash(file: String, expected: String, found: String)
    /// A model's folder without one of its files, under any of the usual names.
    case missingFile(folder: String, kind: ModelFileKind, searched: [String])
    /// Tensors of another architecture, or of none that is known (nil).
    case notThatModel(file: String, expected: [Architecture], found: CheckpointFamily?)
    /// A setting that no file has and the tensors do not tell.
    case uninferable(file: String, key: String)
    /// This processor lacks the instructions.
    case unsupportedPrecision(Precision)
    /// A model of a kind that is known by name and not run here: `BEiT`.
    case unsupportedModel(file: String, kind: String)
    /// NaN or infinity in a tensor that is used: where it is in the tensor, dimension by dimension.
    case notFiniteTensor(file: String, tensor: String, place: [Int], value: String)
    /// A model of a known architecture with something in it that is not followed here.
    case unsupportedVariant(file: String, String)
    /// An index of several safetensors files that contradicts them.
    case malformedIndex(file: String, ShardIndexFault)
    /// A list of classes that is not as long as the model's last layer.
    case classCount(file: String, expected: Int, found: Int)
    /// Several safetensors files, none of a usual name: only the user knows which is meant.
    case severalCheckpoints(folder: String, found: [String])
    /// A PyTorch pickle whose tensors cannot be read without running it, or a folder with nothing else.
    case pickledCheckpoint(PickledCheckpoint)
    /// A sparse autoencoder saved as a PyTorch pickle, likewise.
    case pickledAutoencoder(file: String, PickleFault?)

    // Tokenizers.

    case malformedVocabulary(file: String, VocabularyFault)
    /// A merge rule that cannot be followed; lines are counted from 1.
    case malformedMerge(file: String, line: Int, MergeFault)

    // Images.

    case malformedIDX(file: String, IDXFault)
    /// A picture that cannot be decoded.
    case malformedImage(file: String, ImageFault)
    /// A folder, list or file in which no images were found, though perhaps pictures that are not read, by ending.
    case noImages(path: String, passedOver: [String: Int] = [:])
    /// A folder of labelled images in no layout that is read.
    case noMasks(path: String)
    /// A mask that is not what is read here.
    case malformedMask(file: String, expected: String, found: String)
    /// A line of a file list that names no file; lines are counted from 1.
    case malformedFileList(file: String, line: Int, expected: String)
    /// As many labels as images are needed.
    case labelCount(file: String, expected: Int, found: Int)
    /// An image whose size is not the model's.
    case imageSize(image: String, expected: ImageShape, found: ImageShape)
}

/// How the index of several safetensors files contradicts itself or them.
package enum ShardIndexFault: Error, Sendable, Hashable {
    case noWeightMap
    /// Not the name of a safetensors file beside the index.
    case notAFile(tensor: String, found: String)
    /// The index says a tensor is in a file where it is not.
    case missing(tensor: String, shard: String)
    /// A tensor is in another file than the index says, or in both.
    case misplaced(tensor: String, shards: [String])
    /// A file has a tensor that the index does not know.
    case unlisted(tensor: String, shard: String)
}

/// The files a model's folder has under more than one usual name.
package enum ModelFileKind: String, Sendable, Hashable {
    case weights, tokenizer
}

/// What is wrong with a tokenizer's vocabulary.
package enum VocabularyFault: Error, Sendable, Hashable {
    case missingToken(String)
    /// Identifiers must be the numbers from 0 to one less than the number of tokens.
    case identifier(token: String, found: String)
    case repeatedIdentifier(Int)
    /// A token that stands on an earlier line too.
    case repeatedToken(String, line: Int)
    /// Not as a byte-level pair encoding of CLIP's has it.
    case encoding(key: String, expected: String)
    /// A message of SentencePiece that contradicts itself; bytes are counted from 1.
    case message(byte: Int, expected: String)
    /// The text model embeds fewer tokens than the vocabulary has.
    case tooLarge(tokens: Int, embedded: Int)
}

/// What is wrong with a line of a tokenizer's merges.
package enum MergeFault: Error, Sendable, Hashable {
    /// Two symbols separated by one space are expected.
    case notAPair(String)
    /// A symbol, or the two joined, is not in the vocabulary.
    case unknownSymbol(String)
    case notUTF8
}

/// How an IDX file contradicts itself. Sizes are bytes.
package enum IDXFault: Error, Sendable, Hashable {
    case magic(found: [UInt8])
    case dimensions(expected: Int, found: Int)
    /// Images of no height or no width.
    case noPixels(claimed: [Int])
    /// The sizes the header claims cannot be what the file holds.
    case size(claimed: [Int], available: Int)
    /// The compressed data is damaged; `code` is zlib's.
    case compression(code: Int32)
}

/// Why a picture cannot be decoded.
package enum ImageFault: Error, Sendable, Hashable {
    /// No picture of a format that is read.
    case format(ForeignFile)
    /// More pixels than are decoded.
    case size(height: Int, width: Int, mostPixels: Int)
    /// The system gave no memory for its pixels.
    case memory(height: Int, width: Int)
    /// Damaged or cut short, in the words of the format's library.
    case damaged(format: String, String)
}
