import Core

/// One line on standard error that is written over, when it is a terminal; nothing otherwise.
struct ProgressBar {
    private let title: String
    private let total: Int64
    private var lastDrawn = -1.0
    private let isShown: Bool
    private let clock = SystemClock()

    /// - Parameter total: 0 when the end is not known.
    init(_ title: String, total: Int64) {
        self.title = title
        self.total = total
        isShown = Console.isErrorTerminal
    }

    mutating func update(_ done: Int64, _ note: String = "") {
        guard isShown, clock.monotonicSeconds - lastDrawn > 0.1 else { return }
        lastDrawn = clock.monotonicSeconds
        draw(done, note)
    }

    mutating func finish(_ done: Int64, _ note: String = "") {
        guard isShown else { return }
        draw(done, note)
        Console.write("\n", to: 2)
    }

    private func draw(_ done: Int64, _ note: String) {
        var line = "\r\(title) "
        if total > 0 {
            let filled = Int(min(1, Double(done) / Double(total)) * 30)
            line += "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled) + "] "
            line += "\(done)/\(total) "
        } else {
            line += "\(done) "
        }
        Console.write(line + note + "\u{1B}[K", to: 2)
    }
}
