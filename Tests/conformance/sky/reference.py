#!/usr/bin/env python3
"""Reference values from astropy and astropy-healpix for the Swift tests: reference.py CASE SEED COUNT OUT.

OUT gets rows of little-endian 64-bit numbers (doubles, or int64 where said); each case names its columns.
"""
import sys

import astropy.units as u
import erfa
import numpy as np
from astropy.coordinates import BarycentricMeanEcliptic, SkyCoord
from astropy.time import Time
from astropy_healpix import HEALPix

BORDER_RA = np.arange(0, 361, 11.25)
BORDER_DEC = np.degrees(np.arcsin(np.array([-1, -0.99, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 0.99, 1])))


def sky(rng, count):
    """Uniform places, then the borders of base pixels, the poles and their neighbourhoods."""
    ra, dec = rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    near = 10.0 ** rng.uniform(-9, 0, count // 4)
    sign = np.where(rng.random(count // 4) < 0.5, -1, 1)
    polar_ra, polar_dec = rng.uniform(0, 360, count // 4), sign * (90 - near)
    border_ra, border_dec = (g.ravel() for g in np.meshgrid(BORDER_RA, BORDER_DEC))
    wrap_ra = np.mod(rng.normal(0, 1e-6, count // 4), 360)
    wrap_dec = rng.uniform(-90, 90, count // 4)
    return (np.concatenate([ra, polar_ra, wrap_ra, border_ra]), np.concatenate([dec, polar_dec, wrap_dec, border_dec]))


def healpix(rng, count):
    """ra, dec, order, index (int64), centre ra, centre dec."""
    ra, dec = sky(rng, count)
    order = rng.integers(0, 30, ra.size)
    index, lon, lat = np.empty(ra.size, np.int64), np.empty(ra.size), np.empty(ra.size)
    for value in range(30):
        rows = order == value
        grid = HEALPix(nside=2**value, order="nested")
        index[rows] = grid.lonlat_to_healpix(ra[rows] * u.deg, dec[rows] * u.deg)
        centre = grid.healpix_to_lonlat(index[rows])
        lon[rows], lat[rows] = centre[0].deg, centre[1].deg
    return [ra, dec, order.astype(float), index, lon, lat]


def cones(rng, count):
    """case, ra, dec, radius (deg), order, pixel (int64), one row a pixel of the inclusive cone search."""
    rows = [[], [], [], [], [], []]
    ra, dec = sky(rng, count)
    pick = rng.permutation(ra.size)[:count]
    for case, i in enumerate(pick):
        order = int(rng.integers(0, 9))
        width = 58.6 / 2**order
        radius = min(175.0, width * 10 ** rng.uniform(-2, 1))
        grid = HEALPix(nside=2**order, order="nested")
        pixels = np.sort(grid.cone_search_lonlat(ra[i] * u.deg, dec[i] * u.deg, radius * u.deg))
        for column, value in zip(rows, (case, ra[i], dec[i], radius, order)):
            column.extend([float(value)] * pixels.size)
        rows[5].extend(pixels)
    return [np.array(c, float) for c in rows[:5]] + [np.array(rows[5], np.int64)]


def frames(rng, count):
    """ra, dec, galactic l, b, ecliptic lon, lat (J2000), other ra, dec, separation (deg), l, b by ERFA."""
    ra, dec = sky(rng, count)
    here = SkyCoord(ra * u.deg, dec * u.deg)
    galactic, ecliptic = here.galactic, here.transform_to(BarycentricMeanEcliptic())
    step = 10.0 ** rng.uniform(-10, 2.2, ra.size)
    other = here.directional_offset_by(rng.uniform(0, 360, ra.size) * u.deg, step * u.deg)
    return [ra, dec, galactic.l.deg, galactic.b.deg, ecliptic.lon.deg, ecliptic.lat.deg, other.ra.deg, other.dec.deg,
            here.separation(other).deg, *np.degrees(erfa.icrs2g(np.radians(ra), np.radians(dec)))]


def times(rng, count):
    """mjd (TAI), then year, month, day, hour, minute, second (UTC)."""
    # From 1972 the difference of UTC and TAI is whole seconds; half-milliseconds would be rounded either way.
    mjd = np.concatenate([rng.uniform(41400, 65000, count), Time(["2016-12-31T23:59:60.5", "2017-01-01"], scale="utc").tai.mjd])
    moment = Time(mjd, format="mjd", scale="tai").utc
    parts = np.array([[float(x) for x in text.replace("T", "-").replace(":", "-").split("-")] for text in
                      Time(moment, precision=9).isot])
    return [mjd] + list(parts.T)


def motion(rng, count):
    """ra, dec, pmra (cos dec included), pmdec (mas/yr), years, propagated ra, dec."""
    ra, dec = rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    pmra, pmdec = rng.normal(0, 2000, count), rng.normal(0, 2000, count)
    years = rng.uniform(-30, 30, count)
    start = Time(2016.0, format="jyear", scale="tdb")
    here = SkyCoord(ra * u.deg, dec * u.deg, pm_ra_cosdec=pmra * u.mas / u.yr, pm_dec=pmdec * u.mas / u.yr,
                    distance=1e4 * u.kpc, radial_velocity=0 * u.km / u.s, obstime=start)
    then = here.apply_space_motion(dt=years * u.yr)
    return [ra, dec, pmra, pmdec, years, then.ra.deg, then.dec.deg]


def search(rng, count):
    """search_around_sky on an adversarial sky. Rows: kind (0 source, 1 query, 2 pair), a, b, c (doubles);
    source and query are ra, dec; a pair is query row, source row, separation (deg)."""
    def places(n):
        ra, dec = sky(rng, n)
        clump_ra = np.mod(120 + rng.normal(0, 0.01, n), 360)
        clump_dec = 30 + rng.normal(0, 0.01, n)
        pole_ra, pole_dec = rng.uniform(0, 360, n), np.where(rng.random(n) < 0.5, 1, -1) * (90 - rng.exponential(0.01, n))
        zero_ra, zero_dec = np.mod(rng.normal(0, 0.01, n), 360), rng.normal(0, 0.01, n)
        return np.concatenate([ra, clump_ra, pole_ra, zero_ra]), np.concatenate([dec, clump_dec, pole_dec, zero_dec])
    sra, sdec = places(count)
    sra, sdec = np.concatenate([sra, sra[:20]]), np.concatenate([sdec, sdec[:20]])
    qra, qdec = places(count // 4)
    qra, qdec = np.concatenate([qra, sra[:50]]), np.concatenate([qdec, sdec[:50]])
    radius = 10 ** rng.uniform(np.log10(0.1), np.log10(3600))
    a, b, distance, _ = SkyCoord(sra * u.deg, sdec * u.deg).search_around_sky(
        SkyCoord(qra * u.deg, qdec * u.deg), radius * u.arcsec)
    kinds = np.concatenate([[3.0], np.zeros(sra.size), np.ones(qra.size), np.full(a.size, 2.0)])
    # Which of the two index arrays is the queries' differs in meaning by caller: a indexes the argument.
    return [kinds, np.concatenate([[radius], sra, qra, a.astype(float)]),
            np.concatenate([[0.0], sdec, qdec, b.astype(float)]),
            np.concatenate([[0.0], np.zeros(sra.size + qra.size), distance.deg])]


def main():
    case, seed, count, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    columns = globals()[case](np.random.default_rng(seed), count)
    table = np.empty((columns[0].size, len(columns)), "<u8")
    for position, column in enumerate(columns):
        table[:, position] = np.ascontiguousarray(column).view("<u8")
    table.tofile(out)


main()
