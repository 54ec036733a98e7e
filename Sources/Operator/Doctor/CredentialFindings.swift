import Domain
import Glibc
import Settings

/// The key files that the configuration has been read with: their form was checked, here is who else may read them.
struct CredentialFindings {
    let settings: Settings
    let now: Instant

    func all() -> [Finding] {
        var findings = settings.providers.sections.map(\.credential).map(finding)
        if findings.isEmpty {
            findings.append(
                .warn(
                    say("credentials"),
                    say("no push service is configured"),
                    next: say("providers in the configuration")
                )
            )
        }
        return findings
    }

    private func finding(of file: CredentialFile) -> Finding {
        let (subject, path, what) = (file.subject, file.path, file.what)
        var found = stat()
        guard stat(path, &found) == 0 else {
            return .fail(subject, "\(path): \(systemText())", next: "carillon config check")
        }
        if found.st_mode & 0o007 != 0 {
            return .warn(subject, say("\(what): every user of this machine may read it"), next: "chmod 600 \(path)")
        }
        let fine = say("\(what) is of the right form and private")
        guard let expires = file.expires else {
            return .ok(subject, fine + say("; it has no date of expiry of its own, and `expires` sets none"))
        }
        let end = CredentialEnd(at: expires, now: now)
        switch end.level {
        case .ok: return .ok(subject, say("\(fine); it \(end.sentence)"))
        case .warn: return .warn(subject, "\(what) \(end.sentence)", next: Self.renew)
        case .fail: return .fail(subject, "\(what) \(end.sentence)", next: Self.renew)
        }
    }

    private static var renew: String {
        say("a new key into its file, the new day into `expires`, then SIGHUP; runbook, A key ends")
    }
}
