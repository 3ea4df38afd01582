-- title: New extragalactic candidate
-- owner: transients
-- topic: extragalactic_new
--
-- Young sources near a galaxy and away from the plane, that are neither Solar System objects nor nearby stars.
-- Needs the catalogues gaia_dr3 (with parallax and its error) and ned.
SELECT a.diaObjectId, a.ra, a.dec, a.band,
       ABMAG(a.psfFlux) AS mag, ABMAG_ERR(a.psfFlux, a.psfFluxErr) AS mag_err,
       host.source_id AS host_id, host.separation_arcsec AS host_separation_arcsec,
       (SELECT SLOPE(f.psfFlux, f.midpointMjdTai) FROM forced AS f
        WHERE f.diaObjectId = a.diaObjectId AND f.band = a.band) AS flux_rate
FROM alert AS a
LEFT JOIN nearest.gaia_dr3 AS star USING (diaSourceId)
LEFT JOIN nearest.ned AS host USING (diaSourceId)
-- Real, positive, and ours to look at.
WHERE a.reliability >= 0.6 AND a.psfFlux > 0 AND a.is_sso = 0 AND a.isDipole = 0
  AND ABS(GALACTIC_LATITUDE(a.ra, a.dec)) > 20
-- A star with a significant parallax is in our own galaxy; no star within the radius is just as well.
  AND (star.status = 'unmatched' OR star.parallax < 5 * star.parallax_error)
  AND host.separation_arcsec < 30
-- Seen before in this band, but not for long.
  AND (SELECT COUNT(*) FROM forced AS f
       WHERE f.diaObjectId = a.diaObjectId AND f.band = a.band AND f.psfFlux > 5 * f.psfFluxErr) BETWEEN 2 AND 20
