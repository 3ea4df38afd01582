/// Whether a catalogue has a source at a place. "Unknown" means that nobody could look, which is not "no match".
public enum MatchStatus: String, Sendable, CaseIterable {
    case matched
    case unmatched
    case unknown
}
