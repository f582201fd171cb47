// Intervals as drawings. Positions are percentages, so that lines stretch with the page while words keep their size.

import Quantities

private func at(_ percent: Double) -> String { decimal(percent, places: 2) + "%" }

extension Gauge {
    /// The interval, the estimate and the limit on `scale`; an end that lies beyond the drawing is an arrow.
    func drawing(_ scale: Scale, label: String) -> HTML {
        let limitAt = scale.percent(limit)
        let bad: HTML =
            badIsHigh
            ? "<rect class=\"bad\" x=\"\(at(limitAt))\" y=\"0\" width=\"\(at(100 - limitAt))\" height=\"26\"/>"
            : "<rect class=\"bad\" x=\"0\" y=\"0\" width=\"\(at(limitAt))\" height=\"26\"/>"
        let zero: HTML =
            axis == .change && scale.holds(0)
            ? "<line class=\"zero\" x1=\"\(at(scale.percent(0)))\" x2=\"\(at(scale.percent(0)))\" y1=\"0\" y2=\"26\"/>\n"
            : ""
        return """
            <svg width="100%" height="26" role="img" aria-label="\(label)">
            \(bad)
            \(zero)<line class="limit" x1="\(at(limitAt))" x2="\(at(limitAt))" y1="0" y2="26"/>
            <line class="interval" x1="\(at(scale.percent(low)))" x2="\(at(scale.percent(high)))" y1="13" y2="13"/>
            \(end(low, scale, isLow: true))\(end(high, scale, isLow: false))\
            <circle class="point" cx="\(at(scale.percent(point)))" cy="13" r="5"/>
            </svg>

            """
    }

    private func end(_ value: Double, _ scale: Scale, isLow: Bool) -> HTML {
        if scale.holds(value) {
            let x = at(scale.percent(value))
            return "<line class=\"interval\" x1=\"\(x)\" x2=\"\(x)\" y1=\"8\" y2=\"18\"/>\n"
        }
        let tip = isLow ? "0,13 9,7 9,19" : "9,13 0,7 0,19"
        // The inner drawing is there because points of a polygon cannot be percentages.
        return """
            <svg x="\(isLow ? "0%" : "100%")"><polygon class="point" points="\(tip)"\
            \(isLow ? "" : " transform=\"translate(-9 0)\"" as HTML)/></svg>

            """
    }
}

extension Scale {
    /// The axis below the gauges of a criterion: ticks, and the limit by name.
    func drawing(limit: Double?) -> HTML {
        let marks = ticks.map { tick -> HTML in
            let place = percent(tick.at)
            let anchor = place < 4 ? "start" : place > 96 ? "end" : "middle"
            return """
                <line class="grid" x1="\(at(place))" x2="\(at(place))" y1="0" y2="5"/>\
                <text x="\(at(place))" y="17" text-anchor="\(anchor)">\(tick.text)</text>

                """
        }
        let name: HTML
        if let limit {
            let place = percent(limit)
            let anchor = place < 10 ? "start" : place > 90 ? "end" : "middle"
            name = "<text x=\"\(at(place))\" y=\"31\" text-anchor=\"\(anchor)\">limit</text>\n"
        } else {
            name = ""
        }
        return """
            <div class="verdict finding-none"><svg width="100%" height="34" aria-hidden="true">
            <line class="grid" x1="0" x2="100%" y1="0" y2="0"/>
            \(marks)\(name)</svg></div>

            """
    }
}
