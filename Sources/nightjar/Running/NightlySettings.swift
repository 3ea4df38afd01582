import Core
import SolarSystem

extension NightlyHost.Options {
    /// What the configuration says of the observatory and of how long orbits hold.
    init(_ configuration: Configuration) throws(UserFault) {
        self.init()
        do throws(UserFault) {
            site = try ObservingSite(parsing: configuration.text("sso.site"))
        } catch {
            throw UserFault(.usage, "sso.site is \(error.what)", detail: error.detail, hint: error.hint)
        }
        validDays = configuration.number("sso.valid_days")
    }
}
