import Files

/// The tensors of a PyTorch file (`torch.save`: a ZIP archive, or the older form of pickles one after the other), by their
/// names, and where they lie. What wraps them is taken off.
struct PickledTensors {
    private(set) var entries: [String: SafetensorsHeader.Entry] = [:]
    /// What stood before every name.
    let wrapper: String
    /// What the file says of its tensors; nil where it says nothing.
    let settings: PickledSettings?

    private typealias Found = (tensors: [String: PickleTensor], settings: PickledSettings?)

    init(_ file: UnsafeRawBufferPointer) throws(PickleFault) {
        let heading = PickledSettings.heading(of: file)
        let start = heading?.end ?? 0
        let bytes = UnsafeRawBufferPointer(rebasing: file[start...])
        let (found, told): Found
        var storages: [String: Range<Int>]
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
            ((found, told), storages) = try Self.archive(bytes)
        } else {
            ((found, told), storages) = try Self.legacy(bytes)
        }
        settings = heading?.settings ?? told
        storages = storages.mapValues { $0.lowerBound + start..<$0.upperBound + start }
        wrapper = NameWrapper.common(to: found.keys)
        for (name, tensor) in found.droppingFirst(wrapper.count) {
            entries[name] = try Self.entry(name, tensor, in: storages)
        }
        guard !entries.isEmpty else { throw .noTensors }
    }

    /// Where files lie that are stored as they are, as PyTorch's tensors are. Compressed ones are passed over.
    private static func storedFiles(_ bytes: UnsafeRawBufferPointer) throws(PickleFault) -> [String: Range<Int>] {
        do throws(ZipArchive.Fault) {
            var files: [String: Range<Int>] = [:]
            for entry in try ZipArchive(bytes).entries where entry.method == 0 && entry.stored == entry.size {
                files[entry.name] = try ZipArchive.range(of: entry, in: bytes)
            }
            return files
        } catch {
            switch error {
            case .list: throw .archive(expected: "the list of its files")
            case .number: throw .archive(expected: "files of possible sizes")
            case .file(let name): throw .archive(expected: "the file \(name)")
            case .cut(let name, _, _): throw .archive(expected: "all of \(name)")
            }
        }
    }

    private static func archive(
        _ bytes: UnsafeRawBufferPointer
    ) throws(PickleFault) -> (Found, [String: Range<Int>]) {
        let files = try storedFiles(bytes)
        let ending = "/data.pkl"
        guard let (name, range) = files.first(where: { $0.key.hasSuffix(ending) }) else {
            throw .archive(expected: "data.pkl in it")
        }
        let root = name.dropLast(ending.count)
        if let order = files["\(root)/byteorder"], !bytes[order].elementsEqual("little".utf8) {
            throw .archive(expected: "little-endian numbers")
        }
        let pickle = UnsafeRawBufferPointer(rebasing: bytes[range])
        let (found, _) = try PickleMachine.read(pickle) { value throws(PickleFault) in
            if case .dictionary(let module) = value, module.isModule {
                return (try attributes(of: module), nil) as Found
            }
            return try tensors(in: value)
        }
        var storages: [String: Range<Int>] = [:]
        let folder = "\(root)/data/"
        for (name, range) in files where name.hasPrefix(folder) {
            storages[String(name.dropFirst(folder.count))] = range
        }
        return (found, storages)
    }

    /// A number that marks the file, its version, the machine's sizes, the object, the keys of its storages; then the
    /// storages, each after its number of elements.
    private static func legacy(
        _ bytes: UnsafeRawBufferPointer
    ) throws(PickleFault) -> (Found, [String: Range<Int>]) {
        var place = 0
        for _ in 0..<3 { place = try PickleMachine.read(bytes, from: place) { _ throws(PickleFault) in }.end }
        var types: [String: ElementType] = [:]
        let found: Found
        (found, place) = try PickleMachine.read(bytes, from: place) { value throws(PickleFault) in
            try tensors(in: value)
        }
        for tensor in found.tensors.values { types[tensor.storage.key] = tensor.storage.type }
        let keys: [String]
        (keys, place) = try PickleMachine.read(bytes, from: place) { value throws(PickleFault) in
            guard case .list(let box) = value else { throw .archive(expected: "the keys of its storages") }
            return box.items.compactMap { if case .text(let key) = $0 { key } else { nil } }
        }
        var storages: [String: Range<Int>] = [:]
        for key in keys {
            guard place <= bytes.count - 8 else { throw .endsTooSoon(at: place) }
            let claimed = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
            // The size of an element of what no tensor of the model uses is not known, and so not where the next begins.
            guard let type = types[key] else { throw .archive(expected: "only storages of the model's tensors") }
            place += 8
            guard claimed <= UInt64((bytes.count - place) / type.size) else { throw .endsTooSoon(at: place) }
            storages[key] = place..<place + Int(claimed) * type.size
            place += Int(claimed) * type.size
        }
        return (found, storages)
    }

    // MARK: TorchScript

    /// The tensors of a TorchScript's modules, whose code is not looked at: those of a module inside another under its name.
    private static func attributes(of module: PickleBox) throws(PickleFault) -> [String: PickleTensor] {
        var found: [String: PickleTensor] = [:]
        var visits = 0
        try collect(module, "", depth: 0, &visits, into: &found)
        // Of a CLIP's text tower: no weight, but what it hides later tokens with.
        found = found.filter { !$0.key.hasSuffix(".attn_mask") }
        return found
    }

    private static func collect(
        _ module: PickleBox, _ prefix: String, depth: Int, _ visits: inout Int, into found: inout [String: PickleTensor]
    ) throws(PickleFault) {
        visits += 1
        // A module may hold itself, or two of one that holds two of another.
        guard depth < 64, visits < 1 << 18 else {
            throw .archive(expected: "modules that are in one another to an end")
        }
        for place in stride(from: 0, to: module.items.count - 1, by: 2) {
            guard case .text(let name) = module.items[place] else { continue }
            switch module.items[place + 1] {
            case .tensor(let tensor): found[prefix + name] = tensor
            case .dictionary(let inner) where inner.isModule:
                try collect(inner, prefix + name + ".", depth: depth + 1, &visits, into: &found)
            default: continue
            }
        }
    }

    // MARK: Names

    /// Under which trainers keep the weights, the first that is there.
    private static let wrappers = [
        "state_dict", "model", "model_state_dict", "model_state", "network", "net", "module", "params", "weights",
        "teacher",
        "student", "state_dict_ema", "model_ema", "ema_state_dict", "ema", "params_ema",
    ]

    private static func tensors(in value: PickleValue) throws(PickleFault) -> Found {
        var value = value
        var settings: PickledSettings?
        for _ in 0..<4 {
            guard case .dictionary(let box) = value else { throw .noTensors }
            var members: [String: PickleValue] = [:]
            for place in stride(from: 0, to: box.items.count - 1, by: 2) {
                if case .text(let name) = box.items[place] { members[name] = box.items[place + 1] }
            }
            settings = settings ?? PickledSettings(beside: members)
            let inner = wrappers.lazy.compactMap { name -> PickleValue? in
                guard case .dictionary? = members[name] else { return nil }
                return members[name]
            }.first
            if let inner {
                value = inner
                continue
            }
            return (members.compactMapValues { if case .tensor(let tensor) = $0 { tensor } else { nil } }, settings)
        }
        throw .noTensors
    }

    // MARK: Places

    /// Where the elements of a tensor lie, which are all in its storage and no more than that has.
    private static func entry(
        _ name: String, _ tensor: PickleTensor, in storages: [String: Range<Int>]
    ) throws(PickleFault) -> SafetensorsHeader.Entry {
        guard let bytes = storages[tensor.storage.key] else { throw .tensor(name, expected: "its storage in the file") }
        var (count, isOverflow) = (1, false)
        var isContiguous = true
        for (size, stride) in zip(tensor.shape, tensor.strides).reversed() {
            if size != 1, stride != count { isContiguous = false }
            (count, isOverflow) = count.multipliedReportingOverflow(by: size)
            if isOverflow { throw .tensor(name, expected: "a size that fits the file") }
        }
        let size = tensor.storage.type.size
        if !isContiguous, count > 0 {
            var last = tensor.offset
            for (length, stride) in zip(tensor.shape, tensor.strides) {
                let (reach, isTooFar) = stride.multipliedReportingOverflow(by: length - 1)
                isOverflow = isTooFar || last.addingReportingOverflow(reach).overflow
                guard !isOverflow else { throw .tensor(name, expected: "a view that fits the file") }
                last += reach
            }
            guard tensor.offset >= 0, last < bytes.count / size, count <= bytes.count / size else {
                throw .tensor(name, expected: "at most \(bytes.count / size) elements")
            }
            let start = bytes.lowerBound + tensor.offset * size
            return SafetensorsHeader.Entry(
                type: tensor.storage.type, shape: tensor.shape, range: start..<bytes.lowerBound + (last + 1) * size,
                strides: tensor.strides)
        }
        guard tensor.offset >= 0, tensor.offset <= bytes.count / size, count <= bytes.count / size - tensor.offset
        else {
            throw .tensor(name, expected: "at most \(bytes.count / size) elements")
        }
        let start = bytes.lowerBound + tensor.offset * size
        return SafetensorsHeader.Entry(
            type: tensor.storage.type, shape: tensor.shape, range: start..<start + count * size)
    }
}
