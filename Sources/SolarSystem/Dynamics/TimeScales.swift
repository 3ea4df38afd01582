import CERFA
import Core
import Glibc

/// The time scales of ephemerides, as Modified Julian Dates: TAI of the alerts, TT of published epochs, TDB of the
/// planets and the equations of motion, UTC of the Earth's turn (UT1 is taken as UTC: below 0.9 s, 0.4 km at the site).
public enum TimeScales {
    /// TT − TAI, exact.
    public static let ttMinusTaiDays: Double = 32.184 / 86_400

    public static func tdb(taiMjd: Double) -> Double { tdb(ttMjd: taiMjd + ttMinusTaiDays) }

    /// TDB of a TT: ± 1.7 ms a year, to 10 µs from 1600 to 2200 (USNO Circular 179, equation 2.6).
    public static func tdb(ttMjd: Double) -> Double { ttMjd + tdbMinusTTSeconds(ttMjd) / 86_400 }

    /// TT of a TDB, to the same 10 µs.
    public static func tt(tdbMjd: Double) -> Double { tdbMjd - tdbMinusTTSeconds(tdbMjd) / 86_400 }

    static func tdbMinusTTSeconds(_ mjd: Double) -> Double {
        let t: Double = (mjd - 51_544.5) / 36_525
        var seconds: Double = 0.001657 * sin(628.3076 * t + 6.2401)
        seconds += 0.000022 * sin(575.3385 * t + 4.2970)
        seconds += 0.000014 * sin(1256.6152 * t + 6.1969)
        seconds += 0.000005 * sin(606.9777 * t + 4.0212)
        seconds += 0.000005 * sin(52.9691 * t + 0.4444)
        seconds += 0.000002 * sin(21.3299 * t + 5.5431)
        seconds += 0.000010 * t * sin(628.3076 * t + 4.2490)
        return seconds
    }

    /// TAI − UTC in days at a TAI, leap seconds as ERFA knows them; that of 1960 before it.
    public static func taiMinusUTCDays(taiMjd: Double) -> Double {
        var utc1: Double = 0
        var utc2: Double = 0
        guard eraTaiutc(2_400_000.5, taiMjd, &utc1, &utc2) >= 0 else { return 0 }
        return (2_400_000.5 - utc1) + (taiMjd - utc2)
    }
}
