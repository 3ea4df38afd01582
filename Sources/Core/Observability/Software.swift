/// What this program calls itself: in lineage, in HTTP headers, in `--version`.
public enum Software {
    public static let name = "nightjar"
    public static let number = "0.1.0"
    public static let version = "nightjar 0.1.0"
}
