import Core

/// `GET /`: the night so far, for people, with links to everything.
enum HomePage {
    private static let plotCount = 6
    /// Among how many of the newest objects the plots are chosen.
    private static let candidateCount = 60

    @Sendable static func respond(_ call: Call) throws -> APIResponse {
        var page = SVGWriter()
        let alerts = try call.database.recentAlerts(limit: 200)
        let night = alerts.map { Night($0.known.midpoint) }.max()
        page.raw(head)
        page.raw("<header><h1>Nightjar</h1><p>alert broker and time-domain database for Rubin/LSST · version ")
        page.raw("\(SVGWriter.escape(call.context.softwareVersion))</p></header>\n<main>\n")
        try drawCounters(night, call, &page)
        try drawPlots(alerts, call, &page)
        try drawTopics(call, &page)
        drawLinks(&page)
        page.raw("</main>\n</body>\n</html>\n")
        var response = APIResponse(.html, page.bytes)
        response.headers.append(
            ("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"))
        return response
    }

    private static func drawCounters(_ night: Night?, _ call: Call, _ page: inout SVGWriter) throws {
        page.raw("<section>\n<h2>The night so far\(night.map { " · \($0)" } ?? "")</h2>\n")
        let sums = HomeCounters(try call.database.counters(night: night, visit: nil))
        if sums.isEmpty {
            page.raw("<p>No alert has been committed yet.</p>\n</section>\n")
            return
        }
        page.raw("<div class=\"tiles\">\n")
        for (name, value) in sums.tiles {
            page.raw("<div class=\"tile\"><b>\(grouped(value))</b><span>\(SVGWriter.escape(name))</span></div>\n")
        }
        page.raw("</div>\n<div class=\"tables\">\n")
        drawTable("filter", sums.filters, HomeCounters.verdicts, &page)
        drawTable("catalogue", sums.catalogues, HomeCounters.statuses, &page)
        page.raw("</div>\n</section>\n")
    }

    private static func drawTable(
        _ title: String, _ rows: [(name: String, values: [Int64])], _ columns: [String], _ page: inout SVGWriter
    ) {
        guard !rows.isEmpty else { return }
        page.raw("<table><tr><th>\(title)</th>")
        for column in columns { page.raw("<th class=\"n\">\(SVGWriter.escape(column))</th>") }
        page.raw("</tr>\n")
        for row in rows {
            page.raw("<tr><td>\(SVGWriter.escape(row.name))</td>")
            for value in row.values { page.raw("<td class=\"n\">\(grouped(value))</td>") }
            page.raw("</tr>\n")
        }
        page.raw("</table>\n")
    }

    /// The liveliest of the objects that were seen last.
    private static func drawPlots(
        _ alerts: [KnownAlertSummary], _ call: Call, _ page: inout SVGWriter
    ) throws {
        var seen: [(id: DiaObjectID, detections: Int)] = []
        for alert in alerts where seen.count < candidateCount {
            let id = alert.known.diaObjectId
            guard !id.isNone, !seen.contains(where: { $0.id == id }) else { continue }
            seen.append((id, Int(try call.database.object(id)?.record.detectionCount ?? 0)))
        }
        let ids = seen.sorted { $0.detections > $1.detections }.prefix(plotCount).map(\.id)
        guard !ids.isEmpty else { return }
        page.raw("<section>\n<h2>Seen last</h2>\n<div class=\"plots\">\n")
        for id in ids {
            let path = "/api/v1/objects/\(id)"
            page.raw(
                "<figure><a href=\"\(path)/lightcurve.svg\"><img src=\"\(path)/lightcurve.svg?width=380&amp;height=240\" "
            )
            page.raw("width=\"380\" height=\"240\" loading=\"lazy\" alt=\"light curve of \(id)\"></a><figcaption>")
            page.raw("<a href=\"\(path)\">object</a> · <a href=\"\(path)/lightcurve\">light curve</a> · ")
            page.raw("<a href=\"\(path)/lightcurve?format=csv\">CSV</a></figcaption></figure>\n")
        }
        page.raw("</div>\n</section>\n")
    }

    private static func drawTopics(_ call: Call, _ page: inout SVGWriter) throws {
        let topics = try StreamEndpoints.known(call.context)
        page.raw("<section>\n<h2>Streams</h2>\n")
        if topics.isEmpty {
            page.raw("<p>No filter is deployed.</p>\n</section>\n")
            return
        }
        page.raw("<table><tr><th>topic</th><th>title</th><th class=\"n\">records</th></tr>\n")
        for topic in topics {
            let name = SVGWriter.escape(topic.name)
            let href = "/api/v1/streams/\(PercentCoding.encode(topic.name))?limit=100&amp;timeout=1"
            page.raw("<tr><td><a href=\"\(href)\">\(name)</a></td>")
            page.raw("<td>\(SVGWriter.escape(topic.description?.title ?? ""))</td>")
            page.raw("<td class=\"n\">\(grouped(topic.extent.next - topic.extent.earliest))</td></tr>\n")
        }
        page.raw("</table>\n</section>\n")
    }

    private static func drawLinks(_ page: inout SVGWriter) {
        page.raw("<section>\n<h2>Everything</h2>\n<table>\n")
        for route in Router.allRoutes where route.method == "GET" && route.path != "/" {
            let path = SVGWriter.escape(route.path)
            let isLink = !route.path.contains("{") && !route.parameters.contains("ra")
            page.raw("<tr><td>\(isLink ? "<a href=\"\(path)\">\(path)</a>" : "<code>\(path)</code>")</td>")
            page.raw("<td>\(SVGWriter.escape(route.summary))</td></tr>\n")
        }
        page.raw("</table>\n</section>\n")
    }

    /// `12 345`, with narrow no-break spaces.
    private static func grouped(_ value: Int64) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append("\u{202F}") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    private static let head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Nightjar</title>
        <style>
        body { margin: 0; font: 15px/1.5 system-ui, Helvetica, Arial, sans-serif; color: #1d2430; background: #f5f6f8; }
        header { background: #141b2d; color: #eef1f7; padding: 18px 28px; }
        h1 { margin: 0; font-size: 24px; letter-spacing: 0.5px; }
        header p { margin: 0; color: #aab4c8; }
        main { max-width: 1240px; margin: 0 auto; padding: 8px 28px 40px; }
        h2 { font-size: 17px; margin: 26px 0 10px; }
        .tiles { display: flex; flex-wrap: wrap; gap: 10px; }
        .tile { background: #fff; border: 1px solid #dfe3ea; border-radius: 6px; padding: 10px 16px; min-width: 110px; }
        .tile b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
        .tile span, figcaption { color: #5d6778; font-size: 13px; }
        .plots { display: flex; flex-wrap: wrap; gap: 14px; }
        figure { margin: 0; background: #fff; border: 1px solid #dfe3ea; border-radius: 6px; padding: 8px; }
        img { display: block; }
        table { border-collapse: collapse; background: #fff; border: 1px solid #dfe3ea; font-size: 14px; }
        td, th { text-align: left; padding: 4px 14px; border-bottom: 1px solid #edf0f4; }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        a { color: #1a56c4; text-decoration: none; } a:hover { text-decoration: underline; }
        .tables { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-start; margin-top: 14px; }
        </style>
        </head>
        <body>

        """
}
