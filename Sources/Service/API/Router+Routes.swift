extension Router {
    /// Every endpoint, in the order in which `GET /api/v1` lists them.
    static let allRoutes: [Route] =
        pageRoutes + objectRoutes + solarSystemRoutes + alertRoutes + streamRoutes + filterRoutes + operatorRoutes

    private static let pageRoutes: [Route] = [
        Route("GET", "/", "The night so far, for people.", handler: HomePage.respond),
        Route("GET", "/api/v1", "This list.", handler: EndpointList.respond),
    ]

    private static let objectRoutes: [Route] = [
        Route(
            "GET", "/api/v1/objects/{diaObjectId}", parameters: ["format"],
            "An object: place, statistics of each band, newest diaObject.", handler: ObjectEndpoint.respond),
        Route(
            "GET", "/api/v1/objects/{diaObjectId}/lightcurve",
            parameters: ["band", "start", "stop", "origin", "as_of", "columns", "limit", "cursor", "format"],
            "Its light curve, detections and forced photometry, ascending in time.",
            handler: LightCurveEndpoint.respondForObject),
        Route(
            "GET", "/api/v1/objects/{diaObjectId}/lightcurve.svg",
            parameters: ["band", "start", "stop", "origin", "as_of", "width", "height"],
            "The same drawn.", handler: LightCurvePlotEndpoint.respond),
        Route(
            "GET", "/api/v1/cone", parameters: ["ra", "dec", "radius_arcsec", "radius", "limit", "format"],
            "Objects around a place (degrees, ICRS), nearest first.", handler: ConeEndpoint.respond),
    ]

    private static let solarSystemRoutes: [Route] = [
        Route(
            "GET", "/api/v1/solarsystem/{ssObjectId}/lightcurve",
            parameters: ["band", "start", "stop", "as_of", "columns", "limit", "cursor", "format"],
            "Detections of a Solar System object.", handler: BodyLightCurveEndpoint.respondForID),
        Route(
            "GET", "/api/v1/sso/cone",
            parameters: ["ra", "dec", "radius_arcsec", "radius", "epoch", "site", "limit", "format"],
            "The known Solar System objects in a field at a time, with uncertainty, nearest first.",
            handler: SkyConeEndpoint.respond),
        Route(
            "GET", "/api/v1/sso/ades", parameters: ["night", "limit", "submitter"],
            "A night's detections of known orbits as observations in the Astrometry Data Exchange Standard.",
            handler: ADESExport.respondForNight),
        Route(
            "GET", "/api/v1/sso/unknown",
            parameters: ["night", "min_reliability", "max_rate", "limit", "submitter", "format"],
            "Pairs of detections of a night that move together and belong to no known orbit, the likeliest first.",
            handler: UnknownMoversEndpoint.respond),
        Route(
            "GET", "/api/v1/sso/{name}/ephemeris", parameters: ["site", "start", "stop", "step", "format"],
            "Its predicted places, rates, distances and brightness.", handler: EphemerisEndpoint.respond),
        Route(
            "GET", "/api/v1/sso/{name}", parameters: ["format"],
            "A Solar System object by number, name, packed or plain designation, or ssObjectId: names, orbit, counts, brightness.",
            handler: SolarSystemEndpoint.respond),
        Route(
            "GET", "/api/v1/sso/{name}/lightcurve",
            parameters: ["band", "start", "stop", "origin", "as_of", "columns", "limit", "cursor", "format"],
            "Its detections, ours and the packets', with distances, phase angle and reduced magnitude.",
            handler: BodyLightCurveEndpoint.respond),
        Route(
            "GET", "/api/v1/sso/{name}/lightcurve.svg",
            parameters: ["band", "start", "stop", "origin", "as_of", "width", "height"],
            "The same drawn.", handler: LightCurvePlotEndpoint.respondForNamed),
        Route(
            "GET", "/api/v1/sso/{name}/ades", parameters: ["band", "start", "stop", "as_of", "submitter"],
            "Its detections as observations in the Astrometry Data Exchange Standard.", handler: ADESExport.respond),
    ]

    private static let alertRoutes: [Route] = [
        Route(
            "GET", "/api/v1/alerts", parameters: ["limit", "format"], "The newest alerts, newest first.",
            handler: AlertEndpoints.recent),
        Route(
            "GET", "/api/v1/alerts/{diaSourceId}", "An alert: when and from where it came.",
            handler: AlertEndpoints.show),
        Route(
            "GET", "/api/v1/alerts/{diaSourceId}/packet", "Its packet, bytes as they arrived.",
            handler: AlertEndpoints.packet),
        Route(
            "GET", "/api/v1/alerts/{diaSourceId}/cutouts/{kind}",
            "A stamp of its packet as FITS: difference, science or template.", handler: AlertEndpoints.cutout),
    ]

    private static let streamRoutes: [Route] = [
        Route(
            "GET", "/api/v1/streams", "The topics: schema, extent, retention, example.", handler: StreamEndpoints.list),
        Route(
            "GET", "/api/v1/streams/{topic}", parameters: ["from", "limit", "timeout", "format"],
            "A topic's records as they come: NDJSON, or Server-Sent Events by Accept.", handler: StreamEndpoints.read),
        Route(
            "GET", "/schemas/ids/{id}", parameters: ["subject", "format", "reference_format", "fetchMaxId"],
            "An Avro schema by its registry id.", handler: SchemaEndpoints.byID),
        Route("GET", "/schemas/types", "The kinds of schemas served.", handler: SchemaEndpoints.types),
        Route(
            "GET", "/subjects", parameters: ["subjectPrefix", "deleted", "deleted_only", "offset", "limit"],
            "Subjects, as a Confluent schema registry lists them.",
            handler: SchemaEndpoints.subjects),
        Route(
            "GET", "/subjects/{subject}/versions", parameters: ["deleted", "deleted_only", "offset", "limit"],
            "Versions of a topic's schema.", handler: SchemaEndpoints.versions),
        Route(
            "GET", "/subjects/{subject}/versions/{version}", parameters: ["deleted", "format"],
            "One of them, or latest.", handler: SchemaEndpoints.version),
    ]

    private static let filterRoutes: [Route] = [
        Route("GET", "/api/v1/filters", "The deployed filters.", handler: FilterEndpoints.list),
        Route("GET", "/api/v1/filters/{name}", "One filter with its versions.", handler: FilterEndpoints.show),
        Route(
            "POST", "/api/v1/filters", parameters: ["name", "allow_breaking"],
            "Deploys a filter: its ADQL is the body.",
            handler: FilterEndpoints.deploy),
        Route("POST", "/api/v1/filters/{name}/pause", "Stops a filter for a while.", handler: FilterEndpoints.pause),
        Route("POST", "/api/v1/filters/{name}/resume", "Starts it again.", handler: FilterEndpoints.resume),
        Route("POST", "/api/v1/filters/{name}/retire", "Ends a filter.", handler: FilterEndpoints.retire),
    ]

    private static let operatorRoutes: [Route] = [
        Route(
            "GET", "/api/v1/deadletters", parameters: ["from", "limit", "open"], "Records that could not be read.",
            handler: DeadLetterEndpoints.list),
        Route("GET", "/api/v1/deadletters/{id}", "One of them.", handler: DeadLetterEndpoints.show),
        Route(
            "GET", "/api/v1/deadletters/{id}/message", "Its bytes as they arrived.",
            handler: DeadLetterEndpoints.message),
        Route(
            "GET", "/api/v1/counters", parameters: ["night", "visit"],
            "Conservation counters under the names of /metrics: all, of a night, or of a visit.",
            handler: StatusEndpoints.counters),
        Route("GET", "/api/v1/status", "Counters, offsets, readiness.", handler: StatusEndpoints.status),
        Route(
            "POST", "/api/v1/operations/{name}",
            // Each operation refuses those that are not its own.
            parameters: ["before", "dry_run", "format", "limit", "name", "night", "to", "years_before"],
            "Work for the owner of the data.", handler: StatusEndpoints.operation),
        Route("GET", "/metrics", "Metrics for Prometheus.", handler: StatusEndpoints.metrics),
        Route("GET", "/healthz", "Whether the process answers.", handler: StatusEndpoints.healthz),
        Route("GET", "/readyz", "Whether it does its work, and if not, why.", handler: StatusEndpoints.readyz),
    ]
}
