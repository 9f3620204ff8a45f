import Analysis

/// Numbers as people read them, with a true minus sign and a comma at the thousands.

/// `value` with a fixed number of decimals; `signed` puts a plus before what is positive.
func fixed(_ value: Double, _ decimals: Int, signed: Bool = false) -> String {
    guard value.isFinite else { return "–" }
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let scaled = (abs(value) * Double(scale)).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let digits = Int(scaled)
    let fraction =
        decimals == 0
        ? ""
        : "." + String(repeating: "0", count: decimals - "\(digits % scale)".count)
            + "\(digits % scale)"
    let sign = digits == 0 ? "" : value < 0 ? "−" : signed ? "+" : ""
    return sign + grouped(digits / scale) + fraction
}

/// A share of one as a percentage with one decimal.
func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }

/// A difference of shares in percentage points, signed; one that a tenth does not show in hundredths.
func points(_ difference: Double) -> String {
    let points = difference * 100
    return fixed(points, points != 0 && abs(points) < 0.05 ? 2 : 1, signed: true)
}

/// A stretch of time: `8 s`, `2 min 05 s`, `1 h 20 min`.
package func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    let whole = Int(seconds.rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
    return "\(whole / 3600) h \(two(whole / 60 % 60)) min"
}

/// `one thing`, `2 things`.
func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? singular : plural ?? singular + "s")"
}
