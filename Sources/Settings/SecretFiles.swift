extension SettingsSection {
    /// Bytes of one secret file.
    static var secretBytesMax: Int { 64 * 1024 }

    /// The content of the file a key names; empty when secrets are not read or after a mistake. `check` says what is wrong with the
    /// content, as the end of a sentence.
    package func secret(_ name: String, path: String, check: ([UInt8]) -> String?) -> Secret {
        guard reader.readsSecrets, !path.isEmpty else { return .empty }
        do throws(InputText.Failure) {
            let contents = try InputText.read(path, bytesMax: Self.secretBytesMax)
            if contents.isReadableByAll {
                reader.warn(
                    key(name),
                    origin(of: name),
                    value: path,
                    "every user of this machine may read this file: chmod 600"
                )
            }
            guard let wrong = check(contents.bytes) else { return Secret(contents.bytes) }
            reader.mistake(key(name), origin(of: name), value: path, wrong)
        } catch {
            reader.mistake(key(name), origin(of: name), value: path, "the file \(error.what)")
        }
        return .empty
    }

    /// A file of one secret a line; blank lines and `#` comments are passed over. Empty when secrets are not read. `form` says what
    /// a line must look like, for the report, which never shows the line itself; `parse` returns nil when it does not.
    func secretLines<Item>(_ name: String, path: String, form: String, parse: (Substring) -> Item?) -> [Item] {
        var items: [Item] = []
        var wrong: [Int] = []
        let secret = secret(name, path: path) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { return "is not UTF-8" }
            for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            {
                let line = line.trimmed
                if line.isEmpty || line.hasPrefix("#") { continue }
                if let item = parse(line) { items.append(item) } else { wrong.append(index + 1) }
            }
            if let first = wrong.first {
                return "line \(first)\(wrong.count > 1 ? " and \(wrong.count - 1) more" : "") must be \(form)"
            }
            return items.isEmpty ? "has no line; needs at least one \(form)" : nil
        }
        return secret == .empty ? [] : items
    }
}

extension Substring {
    /// Without white space at both ends.
    var trimmed: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.drop(while: \.isWhitespace)
    }
}
