import Cryptography
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
        do { if try load(secrets: false).settings.audit.keyFile == nil { return .none } } catch { return .none }
        do { return AuditSeal(try load(secrets: true).settings.audit) } catch {
            OperatorContext.current.talk(
                say("carillon: a secret cannot be read, so the audit log is taken without its key")
            )
            return .none
        }
    }
}
