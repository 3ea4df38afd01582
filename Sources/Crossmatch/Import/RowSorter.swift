import Core
import Glibc

/// Sorts rows of bytes by HEALPix index in bounded memory: sorted runs on disk, then one merge. Equal indices keep their order.
final class RowSorter {
    private struct Entry {
        var pixel: Int64
        var offset: Int
        var length: Int32
    }

    private let directory: String
    private let runBytes: Int
    private var arena: [UInt8] = []
    private var entries: [Entry] = []
    private var runPaths: [String] = []
    private(set) var rowCount = 0

    /// - Parameter runBytes: bytes of rows in memory before they are written out as a run.
    init(directory: String, runBytes: Int = 192 << 20) {
        self.directory = directory
        self.runBytes = runBytes
    }

    deinit { removeRuns() }

    func removeRuns() {
        for path in runPaths { unlink(path) }
        runPaths = []
    }

    func add(pixel: Int64, row: [UInt8]) throws(DependencyFault) {
        if arena.count + row.count + entries.count * MemoryLayout<Entry>.stride > runBytes { try spill() }
        entries.append(Entry(pixel: pixel, offset: arena.count, length: Int32(row.count)))
        arena.append(contentsOf: row)
        rowCount += 1
    }

    private func sortEntries() {
        entries.sort { $0.pixel == $1.pixel ? $0.offset < $1.offset : $0.pixel < $1.pixel }
    }

    private func spill() throws(DependencyFault) {
        guard !entries.isEmpty else { return }
        sortEntries()
        let name = "run-\(runPaths.count)"
        let writer = try ColumnFileWriter(directory: directory, name: name)
        runPaths.append("\(directory)/\(name)")
        arena.withUnsafeBytes { bytes in
            for entry in entries {
                writer.append(entry.pixel)
                writer.append(entry.length)
                writer.append(
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[entry.offset..<entry.offset + Int(entry.length)]))
            }
        }
        _ = try writer.finish()
        entries.removeAll(keepingCapacity: true)
        arena.removeAll(keepingCapacity: true)
    }

    /// Hands out every row in order, once.
    func drain(_ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        if runPaths.isEmpty {
            sortEntries()
            try arena.withUnsafeBytes { bytes in
                for entry in entries {
                    let end = entry.offset + Int(entry.length)
                    try body(entry.pixel, UnsafeRawBufferPointer(rebasing: bytes[entry.offset..<end]))
                }
            }
            return
        }
        try spill()
        (arena, entries) = ([], [])
        try merge(body)
    }

    private func merge(_ body: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        var runs: [RunReader] = []
        for path in runPaths {
            let run = try RunReader(path: path)
            if try run.advance() { runs.append(run) }
        }
        // A handful of runs: the list stays sorted, the least last; equal indices come from the earlier run first.
        var order = runs.indices.sorted { runs[$0].pixel == runs[$1].pixel ? $0 > $1 : runs[$0].pixel > runs[$1].pixel }
        while let least = order.popLast() {
            let run = runs[least]
            try run.row.withUnsafeBytes { try body(run.pixel, $0) }
            guard try run.advance() else { continue }
            var place = order.count
            while place > 0, (runs[order[place - 1]].pixel, order[place - 1]) < (run.pixel, least) { place -= 1 }
            order.insert(least, at: place)
        }
    }
}

/// Reads a run back, row by row.
private final class RunReader {
    private let path: String
    private let stream: UnsafeMutablePointer<FILE>
    private(set) var pixel: Int64 = 0
    private(set) var row: [UInt8] = []

    init(path: String) throws(DependencyFault) {
        self.path = path
        guard let stream = fopen(path, "rb") else { throw FileSystem.fault(path, "cannot read") }
        setvbuf(stream, nil, _IOFBF, 1 << 20)
        self.stream = stream
    }

    deinit { fclose(stream) }

    /// Reads the next row; false at the end.
    func advance() throws(DependencyFault) -> Bool {
        guard fread(&pixel, 8, 1, stream) == 1 else { return false }
        var length: Int32 = 0
        guard fread(&length, 4, 1, stream) == 1 else { throw DependencyFault("disk \(path)", "a sorted run ends too early") }
        let count = Int(length)
        if row.count != count { row = [UInt8](repeating: 0, count: count) }
        guard fread(&row, 1, count, stream) == count else { throw DependencyFault("disk \(path)", "a sorted run ends too early") }
        return true
    }
}
