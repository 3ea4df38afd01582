/// Where the repository is that the tests were built from.
public enum Repository {
    /// Its top directory, absolute.
    public static let root: String = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
}
