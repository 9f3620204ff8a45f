/// The 95 % interval of a share among `population` images, `count` of which were drawn without replacement and have it.
///
/// Wilson's score interval (Wilson 1927) of an effective number of draws n (N - 1) / (N - n): drawing without
/// replacement has its variance smaller by (N - n) / (N - 1), and the interval closes on the share when all are drawn.
///
/// - Parameter population: nil for one without end.
public func wilsonInterval(_ share: Double, count: Int, of population: Int? = nil) -> ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    var n = Double(count)
    if let population {
        guard count < population else { return share...share }
        n *= Double(population - 1) / Double(population - count)
    }
    let z = 1.959964
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, center - half)...min(1, center + half)
}
