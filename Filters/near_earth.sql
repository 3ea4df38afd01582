-- title: Known bodies near the Earth
-- owner: movers
-- topic: near_earth
--
-- Detections that we attribute to a body within 0.3 au of the observer, or faster on the sky than the main belt ever is. Alerts that
-- could not be compared with any orbit wait: the conditions do not ask for the status.
SELECT sso.ssObjectId, sso.designation, a.ra, a.dec, a.midpointMjdTai, a.band, ABMAG(a.psfFlux) AS mag, sso.ephVmag,
       sso.topoRange, sso.ephRate, sso.ephRateRa, sso.ephRateDec, sso.ephOffset, sso.mahalanobis, sso.orbit_epoch_mjd_tt
FROM alert AS a
LEFT JOIN sso USING (diaSourceId)
WHERE sso.topoRange < 0.3 OR sso.ephRate > 0.5
