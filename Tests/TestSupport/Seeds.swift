import Glibc

/// Seeds of property tests: always the same in the unit tests, others in each round of the soak.
public enum Seeds {
    /// NIGHTJAR_SEED, the number of the soak's round; 1 when it is not set.
    public static let round = getenv("NIGHTJAR_SEED").flatMap { UInt64(String(cString: $0)) } ?? 1

    /// The seeds of this round, as far from those of other rounds as makes no two alike.
    public static func ofRound(_ first: UInt64...) -> [UInt64] { first.map { $0 &+ (round &- 1) &* 1000 } }
}
