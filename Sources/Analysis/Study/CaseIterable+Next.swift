extension CaseIterable where Self: Equatable, AllCases: RandomAccessCollection {
    /// The case after this one; after the last the first.
    package var next: Self {
        let all = Self.allCases
        let after = all.firstIndex(of: self).map(all.index(after:)) ?? all.startIndex
        return all[after == all.endIndex ? all.startIndex : after]
    }
}
