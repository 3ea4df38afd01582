import Core

/// A set of keys of its own inside the store.
enum Family: Hashable, Comparable, Sendable {
    case meta, directory, objects, detections, places, ssIndex, folded, alerts, alertBlocks, lineage, visits, counters
    case publications, publicationHours, lastPublications, deadLetters, waitingVerdicts, settledVerdicts
    case solarSources, solarClaims, solarVisits, solarChanges
    /// Tonight's forced points: one family per arrival night, and a new epoch when a folded night gets late company.
    case forced(night: Int32, epoch: Int32)

    static let fixed: [Family] = [
        .meta, .directory, .objects, .detections, .places, .ssIndex, .folded, .alerts, .alertBlocks, .lineage, .visits,
        .counters,
        .publications, .publicationHours, .lastPublications, .deadLetters, .waitingVerdicts,
        .settledVerdicts,
        .solarSources, .solarClaims, .solarVisits, .solarChanges,
    ]

    var name: String {
        switch self {
        case .meta: "default"
        case .forced(let night, let epoch): "forced-\(night)-\(epoch)"
        default: "\(self)"
        }
    }

    /// The family of a stored name, nil for names that this version does not know.
    init?(name: String) {
        if let fixed = Family.fixed.first(where: { $0.name == name }) {
            self = fixed
            return
        }
        let parts = name.split(separator: "-")
        guard parts.count == 3, parts[0] == "forced", let night = Int32(parts[1]), let epoch = Int32(parts[2]) else {
            return nil
        }
        self = .forced(night: night, epoch: epoch)
    }

    /// Bytes of a key that name the object: point lookups of a light curve skip files by them. 0: whole keys only.
    var prefixLength: Int {
        switch self {
        case .detections, .folded, .forced: 16
        case .solarClaims: 8
        default: 0
        }
    }

    /// Families that take most of the bytes of a commit.
    var isLarge: Bool {
        switch self {
        case .directory, .objects, .detections, .alerts, .alertBlocks, .publications, .lastPublications, .solarSources, .forced:
            true
        default: false
        }
    }
}
