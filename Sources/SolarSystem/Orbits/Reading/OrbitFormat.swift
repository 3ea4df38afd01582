import Core

/// The formats of orbit files, told apart by their contents.
public enum OrbitFormat: String, Sendable {
    case mpcorb = "MPCORB"
    case mpcExtendedJSON = "MPC extended JSON"
    case cometEls = "CometEls"
    case cometJSON = "MPC comet JSON"
    case mpcOrbitsJSON = "mpc_orbits JSON"
    case elementsCSV = "CSV"

    /// - Throws: `UserFault` (usage) when the file is empty or none of these.
    static func sniff(_ file: OrbitBytes) throws(UserFault) -> OrbitFormat {
        let ahead = file.ahead
        let blank: Set<UInt8> = [0x09, 0x0A, 0x0D, 0x20, 0xEF, 0xBB, 0xBF]
        guard let first = ahead.first(where: { !blank.contains($0) }) else {
            throw UserFault(.usage, "\(file.path) is empty", detail: "it holds no orbit", hint: "fetch the file again")
        }
        if first == 0x5B || first == 0x7B {
            if let format = json(ahead) { return format }
        } else if let format = lines(ahead, isWhole: file.isWholeFileAhead) {
            return format
        }
        throw UserFault(
            .usage, "\(file.path) is no orbit file of a known format",
            detail:
                "known: MPCORB.DAT, the MPC's extended JSON, CometEls.txt, the MPC's comet JSON, mpc_orbits as CSV or JSON, and CSV",
            hint: "a CSV has the header designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt[,h,g,a1,a2,a3]")
    }

    private static func json(_ text: UnsafeRawBufferPointer) -> OrbitFormat? {
        let window = text.prefix(1 << 16)
        func has(_ key: String) -> Bool { contains(window, "\"\(key)\"") }
        if has("Year_of_perihelion") { return .cometJSON }
        if has("Epoch") && has("M") && has("Peri") { return .mpcExtendedJSON }
        if has("peri_time") || has("epoch_mjd") || has("mpc_orb_jsonb") || has("COM") { return .mpcOrbitsJSON }
        return nil
    }

    private static func contains(_ text: Slice<UnsafeRawBufferPointer>, _ word: String) -> Bool {
        let needle = Array(word.utf8)
        var position = text.startIndex
        while let start = text[position...].firstIndex(of: needle[0]) {
            if text[start...].starts(with: needle) { return true }
            position = start + 1
        }
        return false
    }

    /// By the first line that can be read: headings stand before.
    private static func lines(_ text: UnsafeRawBufferPointer, isWhole: Bool) -> OrbitFormat? {
        var draft = OrbitDraft()
        var rest = text[...]
        for _ in 0..<400 {
            guard !rest.isEmpty else { return nil }
            let end = rest.firstIndex(of: 0x0A)
            // A line that goes on beyond what was read says nothing.
            guard let end = end ?? (isWhole ? rest.endIndex : nil) else { return nil }
            var line = UnsafeRawBufferPointer(rebasing: rest[rest.startIndex..<end])
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
            draft.reset()
            if case .orbit = MPCORBLine.parse(line, into: &draft) { return .mpcorb }
            draft.reset()
            if case .orbit = CometElsLine.parse(line, into: &draft) { return .cometEls }
            if line.contains(0x2C), ElementsCSVParser(header: withoutMark(line)) != nil { return .elementsCSV }
        }
        return nil
    }

    /// Without a byte-order mark.
    static func withoutMark(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        line.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: line.dropFirst(3)) : line
    }
}
