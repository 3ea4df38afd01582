extension StringProtocol {
    /// Without spaces, tabs and line ends around it.
    public var trimmingSpaces: SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        guard let first = firstIndex(where: { !isSpace($0) }) else { return self[endIndex...] }
        var end = endIndex
        while end > first, isSpace(self[index(before: end)]) { end = index(before: end) }
        return self[first..<end]
    }
}
