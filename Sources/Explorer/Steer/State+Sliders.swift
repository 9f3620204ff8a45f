import Analysis

extension State {
    /// Moves the chosen slider.
    mutating func slide(by steps: Int, fine: Bool, _ study: OpenStudy) {
        let slider = slider(steer.row, study)
        set(steer.row, to: slider.moved(value(of: steer.row), by: steps, fine: fine), study)
    }

    /// Puts a slider at a value. Moving the β of an operator chooses the operator.
    mutating func set(_ row: SteerState.Row, to value: Double, _ study: OpenStudy) {
        let value = slider(row, study).snapped(value)
        switch row {
        case .size: steer.setSize = Int(value)
        case .scaling:
            steer.operator = .scaling
            steer.scalingBeta = value
        case .adding:
            steer.operator = .adding
            steer.addingBeta = value
        }
    }

    mutating func setBeta(_ beta: Double, _ study: OpenStudy) {
        set(steer.operator == .scaling ? .scaling : .adding, to: beta, study)
    }

    mutating func switchOperator() {
        choose(steer.operator == .scaling ? SteerState.Row.adding : .scaling)
    }

    /// Goes to the slider above or below; the β of an operator brings the operator with it.
    mutating func chooseRow(_ step: Int) {
        let rows = SteerState.Row.allCases
        guard let index = rows.firstIndex(of: steer.row) else { return }
        choose(rows[max(0, min(rows.count - 1, index + step))])
    }

    mutating func choose(_ row: SteerState.Row) {
        steer.row = row
        switch row {
        case .size: break
        case .scaling: steer.operator = .scaling
        case .adding: steer.operator = .adding
        }
    }

    /// The slider of a row: its range and steps.
    func slider(_ row: SteerState.Row, _ study: OpenStudy) -> Slider {
        switch row {
        case .size: .size(upTo: min(SteerState.largestSet, locate.found?.units.count ?? SteerState.largestSet))
        case .scaling: .scaling
        case .adding: study.adding
        }
    }

    func value(of row: SteerState.Row) -> Double {
        switch row {
        case .size: Double(steer.setSize)
        case .scaling: steer.scalingBeta
        case .adding: steer.addingBeta
        }
    }
}
