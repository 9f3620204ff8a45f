/// What trainers put before every name of a model: `module.` of several devices, `_orig_mod.` of a compiled one.
enum NameWrapper {
    private static let prefixes = ["module.", "_orig_mod.", "model.", "backbone.", "ema_model.", "net."]

    /// What all of the names begin with; nothing where that is no wrapper's.
    static func common(to names: some Collection<String>) -> String {
        var wrapper = ""
        while !names.isEmpty,
            let prefix = prefixes.first(where: { prefix in names.allSatisfy { $0.hasPrefix(wrapper + prefix) } })
        {
            wrapper += prefix
        }
        return wrapper
    }
}

extension Dictionary where Key == String {
    /// Without the first characters of every name.
    func droppingFirst(_ count: Int) -> Self {
        count == 0 ? self : Dictionary(map { (String($0.key.dropFirst(count)), $0.value) }, uniquingKeysWith: { $1 })
    }
}
