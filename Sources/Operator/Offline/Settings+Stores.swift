package import Settings
package import Store

/// The one place that says which engine keeps the stores.
extension Settings {
    package static func stores(in folder: String, seal: AuditSeal = .none) -> any Stores {
        SQLiteStores(folder: folder, seal: seal)
    }

    /// Without the key of the audit log: for readers, and for those who write nothing to it.
    var stores: any Stores { Self.stores(in: data) }
}
