import Core

/// Archive segments that the alerts index names and that are gone although they have not expired.
struct LostSegments {
    private let archive: Archive?
    private var expired: [Archive.Series: UInt32] = [:]
    private var alerts: [Archive.Series: [UInt32: Int]] = [:]
    /// Segments that were looked for already, with what was found.
    private var known: [Archive.Series: [UInt32: Bool]] = [:]

    init(_ archive: Archive?) {
        self.archive = archive
        for series in Archive.Series.allCases { expired[series] = archive?.lastExpired(series) ?? 0 }
    }

    mutating func look(for entry: StoredAlertEntry) {
        look(for: entry.packet, .packets)
        look(for: entry.cutouts, .cutouts)
    }

    private mutating func look(for place: ArchiveLocation?, _ series: Archive.Series) {
        guard let archive, let place else { return }
        let isLost: Bool
        if let found = known[series]?[place.segment] {
            isLost = found
        } else {
            // Read again: it may have expired since the check began.
            if archive.isLost(place, series, expired: expired[series] ?? 0) {
                expired[series] = archive.lastExpired(series)
            }
            isLost = archive.isLost(place, series, expired: expired[series] ?? 0)
            known[series, default: [:]][place.segment] = isLost
        }
        if isLost { alerts[series, default: [:]][place.segment, default: 0] += 1 }
    }

    func note(in report: inout CheckReport) {
        for series in Archive.Series.allCases {
            for (number, count) in (alerts[series] ?? [:]).sorted(by: { $0.key < $1.key }) {
                report.note(
                    "archive segment \(series.rawValue)-\(number) is missing: the packets of \(count) alerts are lost",
                    unless: false)
            }
        }
    }
}
