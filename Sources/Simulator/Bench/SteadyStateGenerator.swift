import Core
import Glibc

/// Packets of known objects for the benchmarks: 20 previous detections and 60 forced points, of which each visit brings
/// one and one or two. Visits 0 ..< fields are the objects' first contact with the broker: all 80 points are new.
///
/// No state: any packet of any visit can be made at any time, always with the same bytes. One thread uses it.
public final class SteadyStateGenerator {
    public let configuration: SteadyStateConfiguration
    private let schedule: SteadyStateSchedule
    private let encoder: PacketEncoder
    private let output = PacketBuffer(capacity: 1 << 18)
    private let cutouts: [UInt8]
    /// By lack of the last detection and length of the detector's varint.
    private var images: [SteadyStateImage] = []
    private var visit = -1
    private let first: [SteadyStateSchedule.Point]

    public init(configuration: SteadyStateConfiguration) {
        self.configuration = configuration
        schedule = SteadyStateSchedule(configuration: configuration)
        encoder = PacketEncoder(
            version: configuration.schema, fieldNames: (0..<configuration.fields).map { "bench_\($0)" })
        let schedule = schedule
        first = (0..<configuration.fields).map { schedule.first(field: $0) }
        encoder.append(
            cutouts: configuration.hasCutouts
                ? Cutouts(seed: configuration.seed, fluxNJy: 20_000, errorNJy: 120) : nil)
        cutouts = Array(encoder.buffer.bytes)
    }

    /// Prepares visit `index` of `configuration.visitCount`, any in any order; answers how many packets it has.
    public func beginVisit(_ index: Int) -> Int {
        precondition(index >= 0 && index < configuration.visitCount, "no such visit")
        if visit != index {
            visit = index
            let field = index % configuration.fields
            images = [false, true].flatMap { lacksLast in
                [0, 64].map { detector in
                    SteadyStateImage(
                        schedule: schedule, visit: index, lacksLast: lacksLast, detector: detector, encoder: encoder,
                        field: field)
                }
            }
        }
        return configuration.alertsPerVisit
    }

    /// The message of packet `index` of the visit, valid until the next call. Bursts of the detectors interleave.
    public func packet(_ index: Int) -> UnsafeRawBufferPointer {
        let field = visit % configuration.fields
        let source = SteadyStateObject(
            seed: configuration.seed, field: field, index: index, first: first[field])
        let draw = Hash.uniform(source.seed ^ 0x1AC4, UInt64(visit))
        let lacks = visit >= configuration.fields && draw < configuration.lastDetectionLackFraction
        let image = (lacks ? 2 : 0) | (source.detector >= 64 ? 1 : 0)
        output.removeAll()
        images.withUnsafeBufferPointer { patch($0[image], source) }
        return output.bytes
    }

    /// When a packet of the visit is sent, were the visit tonight's: seconds since 1970 UTC.
    public func producedAtUnixSeconds(_ index: Int) -> Double {
        MJD(schedule.tonight(visit).midpoint).unixSecondsUTC + 60 + 20 * Double(index)
            / Double(max(1, configuration.alertsPerVisit))
    }

    private func patch(_ image: borrowing SteadyStateImage, _ source: SteadyStateObject) {
        let place = output.extend(by: image.bytes.count + cutouts.count)
        image.bytes.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { place.update(from: start, count: bytes.count) }
        }
        cutouts.withUnsafeBufferPointer { bytes in
            if let start = bytes.baseAddress { (place + image.bytes.count).update(from: start, count: bytes.count) }
        }
        // The alert's id follows the five bytes of framing.
        WireBytes.writeNineByteLong(image.trigger.idBase + source.idOffset, at: place + 5)
        let statistics = patchDetections(image, source, place)
        patchForced(image, source, place)
        encoder.objects.overwrite(
            ObjectRecord(
                id: source.id, validityStart: image.trigger.midpoint + 150.0 / 86_400, ra: source.ra, dec: source.dec,
                positionErrDeg: 1e-6, band: image.trigger.band, statistics: statistics,
                detectionCount: image.detections.count), at: place + image.objectStart)
        if configuration.hasCutouts {
            // A pixel of the difference stamp, so that no two alerts' stamps are equal.
            let pixel = place + image.bytes.count + 3000
            UnsafeMutableRawPointer(pixel).storeBytes(
                of: Hash.unit(source.seed, UInt64(visit)).bitPattern, as: UInt32.self)
        }
    }

    private func patchDetections(
        _ image: borrowing SteadyStateImage, _ source: SteadyStateObject, _ place: UnsafeMutablePointer<UInt8>
    ) -> FluxStatistics {
        var statistics = FluxStatistics()
        let last = image.detections.count - 1
        image.detections.withUnsafeBufferPointer { points in
            image.detectionStarts.withUnsafeBufferPointer { starts in
                image.historyOffsets.withUnsafeBufferPointer { history in
                    image.triggerOffsets.withUnsafeBufferPointer { trigger in
                        for index in points.indices {
                            let value = source.measure(points[index].key)
                            if points[index].band == image.trigger.band {
                                statistics.add(
                                    flux: value.flux, error: value.error, scienceFlux: value.flux + 30_000,
                                    mjd: points[index].midpoint)
                            }
                            source.write(
                                value, id: points[index].idBase + source.idOffset, at: place + starts[index],
                                index == last ? trigger : history)
                        }
                    }
                }
            }
        }
        return statistics
    }

    private func patchForced(
        _ image: borrowing SteadyStateImage, _ source: SteadyStateObject, _ place: UnsafeMutablePointer<UInt8>
    ) {
        image.forced.withUnsafeBufferPointer { points in
            image.forcedStarts.withUnsafeBufferPointer { starts in
                image.forcedOffsets.withUnsafeBufferPointer { offsets in
                    for index in points.indices {
                        source.writeForced(
                            source.measure(points[index].key ^ 0xF0),
                            id: points[index].idBase + source.idOffset + RubinIdentifiers.firstForcedCounter,
                            at: place + starts[index], offsets)
                    }
                }
            }
        }
    }
}
