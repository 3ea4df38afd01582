import Core
import Testing

@Suite struct NearestNameTests {
    @Test(
        arguments: [
            ("psfflux", "psfFlux"), ("pfsFlux", "psfFlux"), ("scienceFlx", "scienceFlux"), ("zzzzzzz", nil), ("", nil),
        ] as [(String, String?)])
    func finds(name: String, expected: String?) {
        #expect(NearestName.find(name, among: ["psfFlux", "scienceFlux", "apFlux"]) == expected)
    }

    @Test func tiesGoToTheFirst() {
        #expect(NearestName.find("ab", among: ["ac", "ad"]) == "ac")
        #expect(NearestName.find("x", among: []) == nil)
    }
}
