/// An integer as people read it, with a comma at the thousands and a true minus sign.
package func grouped(_ value: Int) -> String {
    var (rest, groups) = (value.magnitude, [String]())
    while rest >= 1000 {
        let group = "\(rest % 1000)"
        groups.insert(String(repeating: "0", count: 3 - group.count) + group, at: 0)
        rest /= 1000
    }
    return (value < 0 ? "−" : "") + (["\(rest)"] + groups).joined(separator: ",")
}
