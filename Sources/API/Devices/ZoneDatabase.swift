import Glibc

/// The system's copy of the IANA time zone database.
enum ZoneDatabase {
    private static let folder = "/usr/share/zoneinfo"

    /// Whether it has the zone; every name when there is no copy. One system call.
    ///
    /// `name`: letters, digits, `_ + -` and single slashes, as ``RegistrationHint`` reads it: never a way out of the folder.
    static func knows(_ name: String) -> Bool {
        var status = stat()
        if stat(folder + "/" + name, &status) == 0 { return status.st_mode & S_IFMT == S_IFREG }
        return access(folder, F_OK) != 0
    }
}
