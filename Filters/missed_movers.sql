-- title: Known bodies that the survey did not name
-- owner: movers
-- topic: missed_movers
--
-- Detections that we attribute to a known body and the packet does not. Each is published once its visit is complete, so that no
-- nearer detection can claim the body any more; what was seen at its place before is a star, and colours keep V within two magnitudes.
SELECT sso.ssObjectId, sso.designation, a.diaSourceId, a.diaObjectId, a.ra, a.dec, a.midpointMjdTai, a.band,
       ABMAG(a.psfFlux) AS mag, sso.ephVmag, sso.ephOffset, sso.mahalanobis, sso.candidates
FROM alert AS a
LEFT JOIN sso USING (diaSourceId)
WHERE sso.packet_agreement = 'ours_only' AND NOT sso.provisional
  AND a.reliability >= 0.5 AND a.psfFlux > 0 AND ABS(ABMAG(a.psfFlux) - sso.ephVmag) < 2
  AND (sso.mahalanobis < 5 OR sso.mahalanobis IS NULL)
  AND (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) = 1
