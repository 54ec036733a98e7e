/// `parents`: how the token of a parent's device is checked.
extension SettingsSection {
    private enum ParentMode: String, CaseIterable { case userinfo, jwt, both }

    func parents() -> Settings.Parents {
        var parents = Settings.Parents()
        let mode = word("mode", default: ParentMode.userinfo)
        let url = optionalURL("userinfoURL", "tokens of parents cross the network in clear")
        let issuer = section("jwt").issuer(isUsed: mode != .userinfo)
        parents.cacheSeconds = integer("cacheSeconds", default: 60, in: 0...60, unit: "seconds")
        if mode != .userinfo { parents.issuer = issuer }
        if mode != .jwt {
            parents.userinfoURL = url
            if url == nil {
                let what = mode == .both ? "only tokens of the issuer count" : "no parent can register a device"
                reader.warn(key("userinfoURL"), origin(of: "userinfoURL"), "is not set: \(what)")
            }
        }
        close()
        return parents
    }

    private func issuer(isUsed: Bool) -> Settings.Parents.Issuer {
        var issuer = Settings.Parents.Issuer()
        issuer.url = optionalURL("issuer", "whoever is in between makes keys of his own") ?? ""
        issuer.audience = optionalText("audience") { $0.isEmpty ? "must not be empty" : nil } ?? ""
        issuer.keysURL = optionalURL("keysURL", "whoever is in between makes keys of his own")
        issuer.skewSeconds = integer("skewSeconds", default: 60, in: 0...300, unit: "seconds")
        for (name, value) in [("issuer", issuer.url), ("audience", issuer.audience)] where isUsed && value.isEmpty {
            missing(name)
        }
        if !isUsed, !issuer.url.isEmpty {
            warn("issuer", value: issuer.url, "is not asked: parents.mode is userinfo")
        }
        close()
        return issuer
    }

    /// nil when it is absent. `danger`: what happens without TLS.
    private func optionalURL(_ name: String, _ danger: String) -> String? {
        let url = optionalText(name) { text in
            text.isURL(schemes: ["https://", "http://"]) ? nil : "must be an absolute http or https URL"
        }
        if let url, url.hasPrefix("http://"), !url.isOnLoopback {
            warn(name, value: Secret.masked(url: url), "is not https: \(danger)")
        }
        return url
    }
}
