extension RandomAccessCollection where Element: Equatable {
    /// The element after another; after the last, and after what is not there, the first.
    package func next(after element: Element) -> Element {
        let after = firstIndex(of: element).map(index(after:)) ?? startIndex
        return self[after == endIndex ? startIndex : after]
    }
}

extension CaseIterable where Self: Equatable, AllCases: RandomAccessCollection {
    /// The case after this one; after the last the first.
    package var next: Self { Self.allCases.next(after: self) }
}
