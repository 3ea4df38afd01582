-- title: Uniform sample
-- owner: quality
-- topic: uniform_sample
--
-- One alert in 113 whatever it is: how many pass follows from the ids alone.
SELECT diaSourceId, diaObjectId, ssObjectId, ra, dec, midpointMjdTai, band, psfFlux, psfFluxErr
FROM alert
WHERE MOD(diaSourceId, 113) = 0
