import Core
import SolarSystem

/// Which orbits alerts are compared with, for `/readyz` and `/api/v1/status`.
enum NightlyStatus {
    /// Appends the member `solar_system`; nothing where no pipeline can run.
    static func append(_ host: NightlyHost?, to writer: inout TextWriter) {
        guard let host else { return }
        writer.append(member: "solar_system")
        writer.append("{\"orbit_set\":")
        let set = host.currentSet
        if let set { writer.append(jsonString: set.versionID) } else { writer.append("null") }
        writer.append(string: ",\"orbits\":\(set?.count ?? 0),\"nights\":[")
        for (index, one) in host.loaded.enumerated() {
            writer.append(string: index == 0 ? "" : ",")
            writer.append(
                string: "{\"night\":\(one.night),\"orbits\":\(one.index.count),\"not_predicted\":\(one.index.lost),\"seconds\":")
            writer.append(string: TextNumber.fixed(one.seconds, 3))
            writer.append("}")
        }
        writer.append("],\"unknown_tonight\":")
        if let reason = host.reasonUnknown(host.tonight) { writer.append(jsonString: reason) } else { writer.append("null") }
        writer.append("}")
    }
}
