/// The 95 % interval of a share among `population` images, `count` of which were drawn without replacement and have it.
///
/// Wilson's score interval (Wilson 1927) of an effective number of draws n (N - 1) / (N - n): drawing without
/// replacement has its variance smaller by (N - n) / (N - 1), and the interval closes on the share when all are drawn.
/// As the share is a whole number of images, it is wider by half an image on either side (without that, classes of some
/// fifty images are missed twice as often as they should be), and it never leaves what the images still to be drawn can
/// make of the share.
///
/// - Parameter population: nil for one without end.
package func wilsonInterval(_ share: Double, count: Int, of population: Int? = nil) -> ClosedRange<Double> {
    guard count > 0 else { return 0...1 }
    var n = Double(count)
    var (step, certain) = (0.0, 0.0...1.0)
    if let population {
        guard count < population else { return share...share }
        let (all, drawn) = (Double(population), Double(count))
        n *= (all - 1) / (all - drawn)
        step = 0.5 / all
        let have = share * drawn / all
        certain = have...max(have, min(1, have + 1 - drawn / all))
    }
    let z = 1.959964
    let center = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() + step
    return max(certain.lowerBound, center - half)...min(certain.upperBound, center + half)
}
