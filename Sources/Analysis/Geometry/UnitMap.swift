/// The units of a layer on a plane, each with what it is coloured by.
package struct UnitMap: Sendable, Hashable, Codable {
    package struct Point: Sendable, Hashable, Codable {
        package var unit: InternalUnit
        package var x: Float
        package var y: Float
        /// What describes it best.
        package var concept: RankedConcept
        /// Of `categories`: its concept's super-category.
        package var category: Int
        /// Of `classes`: the one it is most active on, along its pole and centred; nil where only one class was seen.
        package var `class`: Int?

        package init(unit: InternalUnit, x: Float, y: Float, concept: RankedConcept, category: Int, class: Int?) {
            self.unit = unit
            self.x = x
            self.y = y
            self.concept = concept
            self.category = category
            self.`class` = `class`
        }
    }

    package var points: [Point]
    /// Features that no probe image activates: nothing is known of where they belong, so they have no point.
    package var deadFeatures = 0
    /// Super-categories, those with most units first.
    package var categories: [String]
    /// The model's classes, those with most units first.
    package var classes: [String]
    package var perplexity: Double
    package var seed: UInt64
    /// KL(P ‖ Q) of the layout in nats; nil until known.
    package var divergence: Double?
    /// Of the super-categories and of the classes, in the concept space and not on the plane; nil until known, and where
    /// there are fewer than two.
    package var categorySilhouette: SilhouetteScore?
    package var classSilhouette: SilhouetteScore?

    package init(points: [Point], categories: [String], classes: [String], perplexity: Double, seed: UInt64) {
        self.points = points
        self.categories = categories
        self.classes = classes
        self.perplexity = perplexity
        self.seed = seed
    }

    /// Moves the points, in their order.
    package mutating func place(_ layout: [SIMD2<Float>]) {
        precondition(layout.count == points.count)
        for (i, point) in layout.enumerated() { (points[i].x, points[i].y) = (point.x, point.y) }
    }
}

/// What the points of a map are coloured by.
package enum MapColoring: String, Sendable, Hashable, Codable, CaseIterable {
    /// The super-category of the concept that describes the unit.
    case category
    /// The class on which it is most active.
    case `class`
}

extension UnitMap {
    /// Names of the groups of a colouring, largest first.
    package func groups(_ coloring: MapColoring) -> [String] { coloring == .category ? categories : classes }

    package func group(of point: Point, _ coloring: MapColoring) -> Int? {
        coloring == .category ? point.category : point.class
    }

    package func silhouette(_ coloring: MapColoring) -> SilhouetteScore? {
        coloring == .category ? categorySilhouette : classSilhouette
    }

    /// Points in each group.
    package func sizes(_ coloring: MapColoring) -> [Int] {
        points.reduce(into: [Int](repeating: 0, count: groups(coloring).count)) { sizes, point in
            if let group = group(of: point, coloring) { sizes[group] += 1 }
        }
    }
}

/// Colours for groups without order, told apart by most eyes; a group beyond them is grey.
package enum GroupColors {
    /// On a light and on a dark background, as 0xRRGGBB.
    static let onLight: [UInt32] = [
        0x0072B2, 0xD55E00, 0x009E73, 0xB8569A, 0xC98A00, 0x3D9FD8, 0x7A4B2A, 0x5B3FA8, 0x7F7F00, 0x008C8C, 0xC2185B,
        0x4B7F1D,
    ]
    package static let onDark: [UInt32] = [
        0x58A8F0, 0xFF8A4C, 0x3FCB9B, 0xE59AC6, 0xFFC34D, 0xA8DCFF, 0xC9A58C, 0xB595F0, 0xD6D65C, 0x5CD6D6, 0xFF6FA0,
        0x9CCB62,
    ]
    static let greyOnLight: UInt32 = 0x8A8F98
    static let greyOnDark: UInt32 = 0x7C828C

    /// The colour of a group; of none, grey.
    package static func color(_ group: Int?, onDark isDark: Bool) -> UInt32 {
        let colors = isDark ? onDark : onLight
        guard let group, group < colors.count else { return isDark ? greyOnDark : greyOnLight }
        return colors[group]
    }
}
