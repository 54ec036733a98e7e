import ArgumentParser
import Settings
import Store

extension CompletionKind {
    /// The names of the lanes in the store of the usual configuration; none when it cannot be read.
    static var lanes: CompletionKind {
        .custom { _, _, _ in
            guard OperatorContext.task != nil else { return [] }
            do {
                let settings = try GlobalOptions.load(nil, secrets: false).settings
                return try SQLiteStores(folder: settings.data).queueReader().lanes().map(\.name)
            } catch {
                // A person is typing: an error here would spoil the line.
                return []
            }
        }
    }
}
