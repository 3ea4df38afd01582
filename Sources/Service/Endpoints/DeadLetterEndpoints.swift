import Core

/// `GET /api/v1/deadletters…`: records that could not be read, kept whole.
enum DeadLetterEndpoints {
    @Sendable static func list(_ call: Call) throws -> APIResponse {
        let limit = try call.parameters.integer("limit", in: 1...call.context.limits.listEntries) ?? 100
        let from = try call.parameters.integer("from", in: 0...Int.max) ?? 0
        let openOnly = try call.parameters.flag("open") ?? false
        let letters = try call.database.deadLetters(from: Int64(from), limit: limit, openOnly: openOnly)
        var writer = TextWriter()
        writer.append(string: "{\"count\":\(letters.count),\"next_from\":")
        let next = letters.count == limit ? letters.last.map { String($0.id + 1) } : nil
        writer.append(string: (next ?? "null") + ",\"dead_letters\":[")
        for (index, letter) in letters.enumerated() {
            writer.append(string: index == 0 ? "\n" : ",\n")
            append(letter, to: &writer)
            writer.append("}")
        }
        writer.append("\n]}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func show(_ call: Call) throws -> APIResponse {
        let letter = try find(call)
        var writer = TextWriter()
        append(letter, to: &writer)
        writer.append(",\"message_head_hex\":\"")
        for byte in letter.letter.message.prefix(64) {
            writer.append(string: (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
        writer.append(string: "\",\"message\":\"/api/v1/deadletters/\(letter.id)/message\"}\n")
        return APIResponse(.json, writer.bytes)
    }

    @Sendable static func message(_ call: Call) throws -> APIResponse {
        APIResponse(
            headers: [("Content-Type", "application/octet-stream")], body: .bytes(try find(call).letter.message))
    }

    private static func find(_ call: Call) throws -> StoredDeadLetter {
        let text = call.captures[0]
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let id = Int64(text), id < .max else {
            throw Problem(400, "a dead letter's id must be an integer from 0", detail: "got \"\(text.prefix(100))\"")
        }
        guard let letter = try call.database.deadLetters(from: id, limit: 1, openOnly: false).first, letter.id == id
        else {
            throw Problem(404, "no such dead letter", detail: "id \(id)")
        }
        return letter
    }

    /// Without the closing brace.
    private static func append(_ stored: StoredDeadLetter, to writer: inout TextWriter) {
        let letter = stored.letter
        writer.append(string: "{\"id\":\(stored.id),\"reason\":\"\(letter.fault.reason.rawValue)\",\"detail\":")
        writer.append(jsonString: letter.fault.detail)
        writer.append(member: "field_path")
        if letter.fault.fieldPath.isEmpty {
            writer.append("null")
        } else {
            writer.append(jsonString: letter.fault.fieldPath)
        }
        writer.append(member: "byte_offset")
        writer.append(string: letter.fault.byteOffset < 0 ? "null" : String(letter.fault.byteOffset))
        writer.append(",\"input\":{\"topic\":")
        writer.append(jsonString: letter.partition.topic)
        writer.append(string: ",\"partition\":\(letter.partition.partition),\"offset\":\(letter.offset)}")
        writer.append(string: ",\"message_len\":\(letter.message.count),\"commit_seq\":\(stored.commitSeq)")
        writer.append(member: "recorded_at")
        writer.append(timestamp: stored.recordedAt)
        writer.append(string: ",\"retried_in\":\(stored.retriedIn?.description ?? "null")")
    }
}
