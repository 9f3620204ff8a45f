/// The units of a layer on a plane, each with what it is coloured by.
public struct UnitMap: Sendable, Hashable, Codable {
    public struct Point: Sendable, Hashable, Codable {
        public var unit: InternalUnit
        public var x: Float
        public var y: Float
        /// What describes it best.
        public var concept: RankedConcept
        /// Of `categories`: its concept's super-category.
        public var category: Int
        /// Of `classes`: the one it is most active on, along its pole and centred; nil where only one class was seen.
        public var `class`: Int?

        public init(unit: InternalUnit, x: Float, y: Float, concept: RankedConcept, category: Int, class: Int?) {
            self.unit = unit
            self.x = x
            self.y = y
            self.concept = concept
            self.category = category
            self.`class` = `class`
        }
    }

    public var points: [Point]
    /// Features that no probe image activates: nothing is known of where they belong, so they have no point.
    public var deadFeatures = 0
    /// Super-categories, those with most units first.
    public var categories: [String]
    /// The model's classes, those with most units first.
    public var classes: [String]
    public var perplexity: Double
    public var seed: UInt64
    /// KL(P ‖ Q) of the layout in nats; nil until known.
    public var divergence: Double?
    /// Of the super-categories and of the classes, in the concept space and not on the plane; nil until known, and where
    /// there are fewer than two.
    public var categorySilhouette: SilhouetteScore?
    public var classSilhouette: SilhouetteScore?

    public init(points: [Point], categories: [String], classes: [String], perplexity: Double, seed: UInt64) {
        self.points = points
        self.categories = categories
        self.classes = classes
        self.perplexity = perplexity
        self.seed = seed
    }

    /// Moves the points, in their order.
    public mutating func place(_ layout: [SIMD2<Float>]) {
        precondition(layout.count == points.count)
        for (i, point) in layout.enumerated() { (points[i].x, points[i].y) = (point.x, point.y) }
    }
}

/// What the points of a map are coloured by.
public enum MapColoring: String, Sendable, Hashable, Codable, CaseIterable {
    /// The super-category of the concept that describes the unit.
    case category
    /// The class on which it is most active.
    case `class`
}

extension UnitMap {
    /// Names of the groups of a colouring, largest first.
    public func groups(_ coloring: MapColoring) -> [String] { coloring == .category ? categories : classes }

    public func group(of point: Point, _ coloring: MapColoring) -> Int? {
        coloring == .category ? point.category : point.class
    }

    public func silhouette(_ coloring: MapColoring) -> SilhouetteScore? {
        coloring == .category ? categorySilhouette : classSilhouette
    }

    /// Points in each group.
    public func sizes(_ coloring: MapColoring) -> [Int] {
        points.reduce(into: [Int](repeating: 0, count: groups(coloring).count)) { sizes, point in
            if let group = group(of: point, coloring) { sizes[group] += 1 }
        }
    }
}

/// Colours for groups without order, told apart by most eyes; a group beyond them is grey.
public enum GroupColors {
    /// On a light and on a dark background, as 0xRRGGBB.
    public static let onLight: [UInt32] = [
        0x0072B2, 0xD55E00, 0x009E73, 0xB8569A, 0xC98A00, 0x3D9FD8, 0x7A4B2A, 0x5B3FA8, 0x7F7F00, 0x008C8C, 0xC2185B,
        0x4B7F1D,
    ]
    public static let onDark: [UInt32] = [
        0x58A8F0, 0xFF8A4C, 0x3FCB9B, 0xE59AC6, 0xFFC34D, 0xA8DCFF, 0xC9A58C, 0xB595F0, 0xD6D65C, 0x5CD6D6, 0xFF6FA0,
        0x9CCB62,
    ]
    public static let greyOnLight: UInt32 = 0x8A8F98
    public static let greyOnDark: UInt32 = 0x7C828C

    /// The colour of a group; of none, grey.
    public static func color(_ group: Int?, onDark isDark: Bool) -> UInt32 {
        let colors = isDark ? onDark : onLight
        guard let group, group < colors.count else { return isDark ? greyOnDark : greyOnLight }
        return colors[group]
    }
}
