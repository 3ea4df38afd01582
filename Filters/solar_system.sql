-- title: Solar System objects
-- owner: movers
-- topic: solar_system
--
-- Every detection that the survey attributes to a known small body, with where and how far it is.
SELECT a.ssObjectId, s.designation, a.ra, a.dec, a.midpointMjdTai, a.band, ABMAG(a.psfFlux) AS mag,
       s.helioRange, s.topoRange, s.phaseAngle, s.ephOffset
FROM alert AS a
INNER JOIN packet_sso AS s USING (diaSourceId)
WHERE a.is_sso = 1
