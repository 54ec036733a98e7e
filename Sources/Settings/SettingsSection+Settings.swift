import Domain

/// The keys of the file, section by section. `Config/carillon.yaml` shows each with its default; a test compares.
extension SettingsSection {
    func settings(_ providers: [any ProviderSection.Type]) -> Settings {
        var settings = Settings()
        section("secrets").secrets()
        settings.data = path("data", default: "/var/lib/carillon")
        settings.listen = section("listen").listen()
        settings.publishers = publishers()
        settings.nats = section("nats").nats(of: settings.publishers)
        settings.parents = section("parents").parents()
        settings.providers = section("providers").providers(providers)
        settings.tls = section("tls").tls()
        settings.proxy = section("proxy").proxy()
        settings.storage = section("storage").storage()
        settings.audit = section("audit").audit()
        settings.quietHours = section("quietHours").quietHours(isNamed: has("quietHours"))
        settings.retention = section("retention").retention()
        settings.schools = section("schools").schools()
        settings.feeds = section("directory").feeds(of: settings.publishers)
        settings.merge = section("merge").merge()
        settings.log = section("log").log()
        settings.telemetry = section("telemetry").telemetry()
        settings.limits = section("limits").limits()
        settings.server = section("server").server()
        settings.devices = section("devices").devices()
        settings.publications = publications()
        settings.messages = messages()
        return settings
    }

    private func secrets() {
        reader.allowsWorldReadable = bool("allowWorldReadable", default: false)
        close()
    }

    private func listen() -> Settings.Listen {
        var listen = Settings.Listen()
        listen.publicAddress = address("public", default: listen.publicAddress)
        listen.adminSocket = path("admin", default: "/run/carillon/admin.sock")
        // sun_path has 108 bytes, one for the zero [unix(7)].
        if listen.adminSocket.utf8.count > 107 {
            reader.mistake(
                key("admin"),
                origin(of: "admin"),
                value: listen.adminSocket,
                "a socket's path has at most 107 bytes"
            )
        }
        listen.metricsAddress = address("metrics", default: listen.metricsAddress)
        if listen.publicAddress == listen.metricsAddress, listen.publicAddress.port != 0 {
            reader.mistake(
                key("metrics"),
                origin(of: "metrics"),
                value: listen.metricsAddress.description,
                "must not be the address of listen.public"
            )
        }
        close()
        return listen
    }

    private func address(_ name: String, default defaultValue: HostAndPort) -> HostAndPort {
        let text = text(name, default: defaultValue.description) {
            HostAndPort($0) == nil ? "must be host:port or [IPv6 address]:port, the port from 0 to 65535" : nil
        }
        return HostAndPort(text) ?? defaultValue
    }

    private func tls() -> Settings.TLS {
        let file = optionalPath("caFile")
        if let file {
            publicText("caFile", path: file) { bytes in
                String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----")
                    ? nil : "holds no PEM certificate"
            }
        }
        close()
        return Settings.TLS(caFile: file)
    }

    /// Of `keyFile`; each id once.
    private func keys(_ file: String, of kind: String) -> [StorageKey] {
        let keys = secretLines(
            "keyFile",
            path: file,
            form: "<id>:<base64 of 32 bytes> (make one with: carillon key generate \(kind))"
        ) {
            StorageKey(line: $0)
        }
        if Set(keys.map(\.id)).count < keys.count {
            reader.mistake(key("keyFile"), origin(of: "keyFile"), value: file, "two keys have the same id")
        }
        return keys
    }

    private func audit() -> Settings.Audit {
        let file = optionalPath("keyFile")
        let keys = file.map { self.keys($0, of: "audit") } ?? []
        let head = section("head")
        let audit = Settings.Audit(
            keys: keys,
            keyFile: file,
            headFile: head.optionalPath("file"),
            headURL: head.optionalText("url") { text in
                text.isURL(schemes: ["https://", "http://"]) ? nil : "must be an absolute http or https URL"
            }
        )
        head.close()
        close()
        return audit
    }

    private func storage() -> Settings.Storage {
        let file = path("keyFile")
        let keys = self.keys(file, of: "storage")
        var disk = DiskLimits()
        let bytesMax = 1 << 50
        disk.softBytes = Int64(integer("softFreeBytes", default: Int(disk.softBytes), in: 0...bytesMax, unit: "bytes"))
        disk.softPercent = Int64(
            integer("softFreePercent", default: Int(disk.softPercent), in: 0...90, unit: "percent")
        )
        disk.ballastBytes = Int64(
            integer("ballastBytes", default: Int(disk.ballastBytes), in: 0...bytesMax, unit: "bytes")
        )
        close()
        return Settings.Storage(keys: keys, keyFile: file, disk: disk)
    }

    private func merge() -> Settings.Merge {
        let window = integer("windowSeconds", default: Settings.Merge().windowSeconds, in: 0...3600, unit: "seconds")
        close()
        return Settings.Merge(windowSeconds: window)
    }

    private func retention() -> Settings.Retention {
        var retention = Settings.Retention()
        retention.identityDays = integer("identityDays", default: 3, in: 3...90, unit: "days")
        retention.eventDays = days("eventDays", default: retention.eventDays)
        retention.summaryDays = days("summaryDays", default: retention.summaryDays)
        retention.heldImportDays = days("heldImportDays", default: retention.heldImportDays)
        retention.operationDays = days("operationDays", default: retention.operationDays)
        retention.deviceStaleDays = days("deviceStaleDays", default: retention.deviceStaleDays)
        retention.deviceSuspectDays = days("deviceSuspectDays", default: retention.deviceSuspectDays)
        retention.deviceDisabledDays = days("deviceDisabledDays", default: retention.deviceDisabledDays)
        retention.deviceUnseenDays = days("deviceUnseenDays", default: retention.deviceUnseenDays)
        close()
        return retention
    }

    private func days(_ name: String, default defaultValue: Int) -> Int {
        integer(name, default: defaultValue, in: 1...3650, unit: "days")
    }

    private func proxy() -> Settings.Proxy? {
        let scheme = "http://"
        let url = optionalText("url") { text in
            let authority = text.dropFirst(scheme.count)
            guard text.hasPrefix(scheme), let (_, port) = PushEndpoint.split(authority), port != nil else {
                return "must be http://host:port"
            }
            return nil
        }
        let file = optionalPath("credentialsFile")
        let credentials = file.map { file in
            secret("credentialsFile", path: file) {
                String(decoding: $0, as: UTF8.self).contains(":") ? nil : "must hold user:password"
            }
        }
        close()
        guard let url, let (host, port) = PushEndpoint.split(url.dropFirst(scheme.count)), let port else { return nil }
        return Settings.Proxy(host: host, port: port, credentials: credentials)
    }

    private func schools() -> Settings.Schools {
        let isActive = bool("activeByDefault", default: true)
        close()
        return Settings.Schools(areActiveByDefault: isActive)
    }

    private func log() -> Settings.Log {
        let level = word("level", default: Settings.Log.Level.info)
        let format = word("format", default: Settings.Log.Format.json)
        close()
        return Settings.Log(level: level, format: format)
    }

    private func telemetry() -> Settings.Telemetry {
        let traces = section("traces")
        let url = traces.optionalText("url") { text in
            text.isURL(schemes: ["https://", "http://"]) ? nil : "must be an absolute http or https URL"
        }
        traces.close()
        close()
        return Settings.Telemetry(tracesURL: url)
    }

    /// Bounds that belong to a contract with the outside (payloads of the providers, grapheme budgets) have no key.
    private func limits() -> Limits {
        var limits = Limits()
        let mebibyte = 1024 * 1024
        limits.eventBytesMax = integer(
            "eventBytesMax",
            default: limits.eventBytesMax,
            in: 1024...16 * mebibyte,
            unit: "bytes"
        )
        limits.batchBytesMax = integer(
            "batchBytesMax",
            default: limits.batchBytesMax,
            in: 1024...64 * mebibyte,
            unit: "bytes"
        )
        limits.batchEventsMax = integer("batchEventsMax", default: limits.batchEventsMax, in: 1...5000)
        limits.recipientsMax = integer("recipientsMax", default: limits.recipientsMax, in: 1...1_000_000)
        limits.registrationsPerMinute = integer(
            "registrationsPerMinute",
            default: limits.registrationsPerMinute,
            in: 1...100_000
        )
        limits.registrationsBurst = integer("registrationsBurst", default: limits.registrationsBurst, in: 1...100_000)
        limits.requestsPerMinute = integer("requestsPerMinute", default: limits.requestsPerMinute, in: 1...1_000_000)
        limits.requestsBurst = integer("requestsBurst", default: limits.requestsBurst, in: 1...1_000_000)
        limits.openRequestsPerMinute = integer(
            "openRequestsPerMinute",
            default: limits.openRequestsPerMinute,
            in: 1...1_000_000
        )
        limits.openRequestsBurst = integer("openRequestsBurst", default: limits.openRequestsBurst, in: 1...1_000_000)
        limits.postsPerMinute = integer("postsPerMinute", default: limits.postsPerMinute, in: 1...10_000_000)
        limits.postsBurst = integer("postsBurst", default: limits.postsBurst, in: 1...10_000_000)
        limits.scheduledEventsMax = integer("scheduledEventsMax", default: limits.scheduledEventsMax, in: 1...1_000_000)
        limits.unprovenBytesMax = integer(
            "unprovenBytesMax",
            default: limits.unprovenBytesMax,
            in: mebibyte...1024 * mebibyte,
            unit: "bytes"
        )
        limits.refusedTokensPerMinute = integer(
            "refusedTokensPerMinute",
            default: limits.refusedTokensPerMinute,
            in: 1...1_000_000
        )
        limits.refusedTokensBurst = integer(
            "refusedTokensBurst",
            default: limits.refusedTokensBurst,
            in: 1...1_000_000
        )
        limits.newTokensPerAddress = integer("newTokensPerAddress", default: limits.newTokensPerAddress, in: 1...256)
        limits.devicesPerAccount = integer("devicesPerAccount", default: limits.devicesPerAccount, in: 1...1000)
        limits.acceptQueueMax = integer("acceptQueueMax", default: limits.acceptQueueMax, in: 1...1_000_000)
        limits.retryAfterSeconds = integer(
            "retryAfterSeconds",
            default: limits.retryAfterSeconds,
            in: 1...3600,
            unit: "seconds"
        )
        limits.personsPerExpansion = integer(
            "personsPerExpansion",
            default: limits.personsPerExpansion,
            in: 1...100_000
        )
        limits.deliveriesLoadedPerLane = integer(
            "deliveriesLoadedPerLane",
            default: limits.deliveriesLoadedPerLane,
            in: Limits.deliveriesPerPage...1_000_000
        )
        limits.attemptsMax = integer("attemptsMax", default: limits.attemptsMax, in: 1...100)
        limits.importBytesMax = integer(
            "importBytesMax",
            default: limits.importBytesMax,
            in: mebibyte...64 * 1024 * mebibyte,
            unit: "bytes"
        )
        limits.importWarningsMax = integer("importWarningsMax", default: limits.importWarningsMax, in: 0...100_000)
        if limits.batchBytesMax < limits.eventBytesMax {
            reader.mistake(
                key("batchBytesMax"),
                origin(of: "batchBytesMax"),
                value: String(limits.batchBytesMax),
                "must be at least limits.eventBytesMax"
            )
        }
        close()
        return limits
    }
}
