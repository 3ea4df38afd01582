import Core
import SolarSystem

extension APIContext {
    /// The orbits in use; a newer set, or a mended one, is taken first. Nil where none were ever imported.
    /// - Throws: `Problem` 503 where there is a set that cannot be used.
    func soundOrbits() throws(Problem) -> OrbitSet? {
        // Who asks may have imported a moment ago.
        orbits?.refresh()
        if let problem = unusableOrbits { throw problem }
        return orbits?.current
    }

    /// Of an answer that was made from a set whose file went bad meanwhile.
    func expectSound(_ set: OrbitSet) throws(Problem) {
        if set.isDamaged { throw Self.unusable("the file of orbit set \(set.versionID) went bad while it was read") }
    }

    /// What is answered where the orbits cannot be used; nil where they can, and where there are none.
    var unusableOrbits: Problem? {
        guard let orbits, orbits.current == nil, let fault = orbits.fault else { return nil }
        return Self.unusable(fault)
    }

    private static func unusable(_ detail: String) -> Problem {
        Problem(
            503, "the orbit set cannot be used", detail: detail, hint: "import the orbits again: nightjar orbits import FILE")
    }
}
