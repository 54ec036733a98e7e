/// `nats`: the message broker of the ENT, as a second source of events.
extension SettingsSection {
    /// nil without `url`. `publishers`: of the configuration, one of which the subject speaks for.
    func nats(of publishers: [PublisherSettings]) -> Settings.NATS? {
        let url = optionalText("url", check: Self.mistake(inServers:))
        let subject = text("subject", default: "timeline.notification.send", check: Self.mistake(inSubject:))
        let publisher = optionalText("publisher")
        let queueGroup = text("queueGroup", default: "carillon", check: Self.mistake(inName:))
        let stream = optionalText("stream", check: Self.mistake(inName:))
        let usualDurable = "carillon"
        let durable = text("durable", default: usualDurable, check: Self.mistake(inName:))
        let credentials = credentials(optionalPath("credentialsFile"))
        close()
        guard let url else { return nil }
        if !url.hasPrefix("tls://"), !url.split(separator: ",").allSatisfy({ String($0).isOnLoopback }) {
            warn("url", value: url, "is not tls: what the ENT publishes crosses the network in clear")
        }
        if publisher == nil { missing("publisher") }
        if let publisher, !publishers.contains(where: { $0.name == publisher && $0.rights.contains(.events) }) {
            mistake("publisher", value: publisher, "must be a publisher with the right events")
        }
        if stream == nil, durable != usualDurable {
            mistake("durable", value: durable, "is the name of a stream's consumer: set nats.stream, or leave it out")
        }
        return Settings.NATS(
            url: url,
            subject: subject,
            publisher: publisher ?? "",
            queueGroup: queueGroup,
            stream: stream,
            durable: durable,
            credentials: credentials
        )
    }

    private func credentials(_ path: String?) -> Settings.NATS.Credentials? {
        guard let path else { return nil }
        let token = "-----BEGIN NATS USER JWT-----"
        let secret = secret("credentialsFile", path: path) { bytes in
            Array(Substring(decoding: bytes, as: UTF8.self).trimmed.utf8)
        } check: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if text.contains(token) {
                return text.contains("-----BEGIN USER NKEY SEED-----") ? nil : "holds a JWT without the seed of its key"
            }
            return text.isEmpty || text.contains(where: \.isNewline)
                ? "must hold a JWT with its seed (a .creds file), user:password, or a token" : nil
        }
        guard !secret.bytes.isEmpty else { return nil }
        if secret.text.contains(token) { return .file(path: path) }
        guard let colon = secret.text.firstIndex(of: ":") else { return .token(secret) }
        let password = secret.text[secret.text.index(after: colon)...]
        return .user(String(secret.text[..<colon]), password: Secret(Array(password.utf8)))
    }

    private static func mistake(inServers text: String) -> String? {
        let servers = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for scheme in ["nats://", "tls://"] {
            guard servers.allSatisfy({ $0.isURL(schemes: [scheme]) }) else { continue }
            if servers.contains(where: { $0.contains("@") }) {
                return "user and password stand in nats.credentialsFile"
            }
            if servers.contains(where: { $0.dropFirst(scheme.count).contains { "/?#".contains($0) } }) { break }
            return nil
        }
        return "must be nats://host:port or tls://host:port, or several of one kind with commas between"
    }

    /// Words with dots between; `*` stands for one, `>` for all that follow [docs.nats.io, subjects].
    private static func mistake(inSubject text: String) -> String? {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        let isFine = words.indices.allSatisfy { index in
            let word = words[index]
            guard !word.isEmpty, word.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
            return word.contains("*") ? word == "*" : !word.contains(">") || word == ">" && index == words.count - 1
        }
        return isFine ? nil : "must be words with dots between, such as timeline.notification.send"
    }

    private static func mistake(inName text: String) -> String? {
        let isFine = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        return isFine && text.utf8.count <= 64 ? nil : "must be at most 64 of a-z, A-Z, 0-9, '-' and '_'"
    }
}
