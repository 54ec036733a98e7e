import Cryptography
import Providers
package import Settings
package import Store

extension AuditSeal {
    package init(_ audit: Settings.Audit) {
        self.init(keys: audit.keys.map { Key(id: $0.id, key: SymmetricKey(data: $0.key.bytes)) })
    }
}

extension GlobalOptions {
    /// The keys of the audit log where this user may read them; none without a configuration.
    func auditSeal() -> AuditSeal {
        let context = OperatorContext.current
        func load(secrets: Bool) throws(SettingsReport) -> Settings.Audit {
            try SettingsLoader.load(
                config: config,
                environment: context.environment,
                readingSecrets: secrets,
                providers: ProviderList.sections
            ).settings.audit
        }
        do throws(SettingsReport) { if try load(secrets: false).keyFile == nil { return .none } } catch { return .none }
        do throws(SettingsReport) { return AuditSeal(try load(secrets: true)) } catch {
            context.talk(say("carillon: a secret cannot be read, so the audit log is taken without its key"))
            return .none
        }
    }
}
