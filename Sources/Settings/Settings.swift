package import Domain

/// What the gateway is told at its start: the configuration file with the environment over it, read once and checked together.
///
/// Made by ``SettingsLoader``. Paths are absolute, or relative to the working folder when the file's own path is.
package struct Settings: Sendable {
    /// Folder of `queue.db`, `registry.db` and the lock.
    package var data = ""
    package var listen = Listen()
    package var publishers: [PublisherSettings] = []
    package var parents = Parents()
    package var providers = ProviderSettings()
    /// nil: no broker.
    package var nats: NATS?
    package var tls = TLS()
    package var proxy: Proxy?
    package var storage = Storage()
    package var audit = Audit()
    package var quietHours = QuietPolicy()
    package var retention = Retention()
    package var schools = Schools()
    /// Sources of the directory; empty: `main`, for every publisher with the right.
    package var feeds: [Feed] = []
    package var log = Log()
    package var telemetry = Telemetry()
    package var merge = Merge()
    package var limits = Limits()
    package var server = Server()
    package var devices = Devices()
    /// The kinds of publications.
    package var publications = PublicationCatalogue()
    /// The fixed texts, a language each.
    package var messages: [MessageTexts] = []

    /// Where the ENT is, as ``WebOrigin`` writes it: whose absolute addresses become relative.
    package var entOrigins: Set<String> {
        let addresses = publishers.flatMap(\.sources) + (parents.userinfoURL.map { [$0] } ?? [])
        return Set(addresses.compactMap(WebOrigin.of))
    }

    package struct Server: Sendable {
        /// Addresses of proxies whose `X-Forwarded-For` counts.
        package var trustedProxies = ["127.0.0.1", "::1"]
    }

    package struct Devices: Sendable {
        /// Origins of pages that may register browsers; none: only the gateway's own.
        package var allowedOrigins: [String] = []
    }

    package struct Listen: Sendable {
        package var publicAddress = HostAndPort(host: "127.0.0.1", port: 8080)
        /// Path of the Unix socket of the admin API.
        package var adminSocket = ""
        package var metricsAddress = HostAndPort(host: "127.0.0.1", port: 9090)
    }

    /// How the token of a parent's device is checked: by the ENT's userinfo, by the signature of an issuer, or each as the token is. With neither
    /// no parent can register: the device endpoints answer 503.
    package struct Parents: Sendable {
        /// An issuer of JSON Web Tokens.
        package struct Issuer: Sendable {
            /// As its tokens name it in `iss`.
            package var url = ""
            /// What its tokens for us name in `aud`.
            package var audience = ""
            /// nil: its discovery document names it.
            package var keysURL: String?
            /// How far its clock may be from ours, 0…300.
            package var skewSeconds = 60
        }

        package var issuer: Issuer?
        /// As configured, without `version=v2.0`; nil: the ENT is not asked.
        package var userinfoURL: String?
        /// How long a positive answer is kept, 0…60.
        package var cacheSeconds = 60
    }

    /// Where the ENT publishes beside HTTP.
    package struct NATS: Sendable {
        package enum Credentials: Sendable {
            /// A JSON Web Token with the seed of its key, as `nsc` writes it.
            case file(path: String)
            case user(String, password: Secret)
            case token(Secret)
        }

        /// `nats://` or `tls://`, several of a cluster with commas between.
        package var url: String
        package var subject: String
        /// For whom the subject speaks.
        package var publisher: String
        package var queueGroup: String
        /// nil: the server keeps nothing.
        package var stream: String?
        /// The name of our consumer of the stream.
        package var durable: String
        /// nil when there is no file, or secrets were not read.
        package var credentials: Credentials?
    }

    package struct TLS: Sendable {
        /// PEM certificates trusted beside the system store.
        package var caFile: String?
    }

    package struct Storage: Sendable {
        /// The first is current, the others still open what they sealed. Empty when secrets were not read.
        package var keys: [StorageKey] = []
        package var keyFile = ""
        /// The stages of a disk that fills.
        package var disk = DiskLimits()
    }

    /// What proves the log of orders, and where its end is noted.
    package struct Audit: Sendable {
        /// The first is current, the others still verify. Empty without `keyFile`, or when secrets were not read.
        package var keys: [StorageKey] = []
        /// nil: orders are sealed by hashes alone.
        package var keyFile: String?
        /// Lines are added to it; nil: no file.
        package var headFile: String?
        /// Told each head by POST; nil: nobody.
        package var headURL: String?
    }

    package struct Retention: Sendable {
        /// How long the identity of an event is remembered, at least 3 days.
        package var identityDays = 3
        /// How long an ended event is kept, with who was reached and why not.
        package var eventDays = 30
        /// How long the numbers of a pruned event are kept, from its acceptance.
        package var summaryDays = 400
        /// A held import waits so long for a person's word.
        package var heldImportDays = 30
        /// How long orders and their audit log are kept.
        package var operationDays = 730
        /// Without a registration for so long: not rung any more.
        package var deviceStaleDays = 180
        /// A target called malformed or foreign is given up after so long without a new registration.
        package var deviceSuspectDays = 30
        /// The row of a device whose target is gone is kept so long.
        package var deviceDisabledDays = 30
        /// Without a registration for so long: deleted.
        package var deviceUnseenDays = 270
    }

    /// The HTTP proxy of a rectorat or city, by CONNECT.
    package struct Proxy: Sendable {
        package var host: String
        package var port: Int
        /// `user:password`; nil: the proxy asks for none.
        package var credentials: Secret?
    }

    package struct Feed: Hashable, Sendable {
        package var name: String
        /// Who delivers it; nil: every publisher with the right `directory`.
        package var publisher: String?
    }

    package struct Telemetry: Sendable {
        /// Told the spans of events, by OTLP over HTTP in JSON; nil: nobody traces.
        package var tracesURL: String?
    }

    package struct Merge: Sendable {
        /// Events of one author that say the same within it ring a guardian of both once; 0: each rings.
        package var windowSeconds = 60
    }

    package struct Schools: Sendable {
        /// Whether what an import brings is active at once.
        package var areActiveByDefault = true
    }

    package struct Log: Sendable {
        package enum Format: String, Sendable, CaseIterable {
            case json, text
        }

        package enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        package var level = Level.info
        package var format = Format.json
    }
}
