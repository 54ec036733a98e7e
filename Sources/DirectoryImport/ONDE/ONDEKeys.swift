import Cryptography
import Domain

/// Keys for records that have none. They hold hashes: a key stands in logs and warnings, where no name may.
enum ONDEKeys {
    /// Of a pupil without INE: names and birth date.
    static func pupil(lastName: String, firstName: String, birthDate: String) -> String {
        "P" + hash(16, ["pupil", FoldedText.of(lastName), FoldedText.of(firstName), birthDate])
    }

    /// Of a member of staff: the school and the names.
    static func staff(school: String, lastName: String, firstName: String) -> String {
        "S" + hash(16, ["staff", school, FoldedText.of(lastName), FoldedText.of(firstName)])
    }

    /// What the keys of all guardians of these names begin with.
    static func guardianPrefix(_ guardian: ONDEGuardian) -> String {
        let woman = guardian.isWoman.map { $0 ? "f" : "m" } ?? ""
        return "G" + hash(12, ["guardian", woman, FoldedText.of(guardian.lastName), FoldedText.of(guardian.firstName)])
            + "-"
    }

    /// What tells guardians of one name apart: a child.
    static func anchor(_ child: String) -> String { hash(8, ["child", child]) }

    private static func hash(_ bytes: Int, _ parts: [String]) -> String {
        var hash = SHA256()
        for part in parts {
            hash.update(part)
            hash.update([0])
        }
        return Hex.text(hash.finalize().prefix(bytes))
    }
}
