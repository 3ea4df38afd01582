import Core

/// The part of a publication's record that every topic has, as far as the dump needs it: Avro's varints are ours.
enum PublicationEnvelope {
    /// The record without its commitSeq, which depends on where batches were cut and says nothing about the content.
    /// Records of another form (dead letters, annotations from outside) stay whole.
    static func withoutCommitSeq(_ publication: StoredPublication) -> [UInt8] {
        let payload = publication.payload
        let place = payload.withUnsafeBytes { bytes in
            do {
                return try commitSeqBytes(bytes, publication)
            } catch {
                return nil
            }
        }
        guard let place else { return payload }
        return Array(payload[..<place.lowerBound] + payload[place.upperBound...])
    }

    /// The revision of the alert that it is about; 0 where the record has another form.
    static func revision(of publication: StoredPublication) -> Int32 {
        publication.payload.withUnsafeBytes { bytes in
            do {
                var reader = ByteReader(bytes)
                return try revision(&reader, publication) ?? 0
            } catch {
                return 0
            }
        }
    }

    /// Reads up to the revision; nil when the record is not about the publication's alert.
    private static func revision(
        _ reader: inout ByteReader, _ publication: StoredPublication
    ) throws(DamagedBytes) -> Int32? {
        guard try reader.zigzag() == publication.diaSourceId.rawValue else { return nil }
        for _ in 0..<2 where try reader.zigzag() == 1 { _ = try reader.zigzag() }
        _ = try reader.double()
        _ = try reader.take(Int(clamping: try reader.zigzag()))
        return Int32(truncatingIfNeeded: try reader.zigzag())
    }

    /// Where the commitSeq is, if this is an alert's record at all: its first field and this one must be what the database knows
    /// beside it.
    private static func commitSeqBytes(
        _ bytes: UnsafeRawBufferPointer, _ publication: StoredPublication
    ) throws(DamagedBytes) -> Range<Int>? {
        var reader = ByteReader(bytes)
        guard try revision(&reader, publication) != nil else { return nil }
        if try reader.zigzag() == 1 { _ = try reader.take(Int(clamping: try reader.zigzag())) }
        let start = reader.position
        guard try reader.zigzag() == publication.commitSeq.rawValue else { return nil }
        return start..<reader.position
    }
}
