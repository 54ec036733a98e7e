extension SettingsSection {
    /// Bytes of one secret file.
    static var secretBytesMax: Int { 64 * 1024 }

    /// The content of the file a key names; empty when secrets are not read or after a mistake. `form` cuts out what is the secret;
    /// `check` says what is wrong with that, as the end of a sentence.
    package func secret(
        _ name: String,
        path: String,
        form: ([UInt8]) -> [UInt8] = { $0 },
        check: ([UInt8]) -> String?
    ) -> Secret {
        let secret = text(ofFile: name, path: path, form: form, check: check) { contents in
            guard contents.isReadableByAll else { return }
            let what = "every user of this machine may read this file: chmod 600"
            if reader.allowsWorldReadable {
                reader.warn(key(name), origin(of: name), value: path, what)
            } else {
                reader.mistake(
                    key(name),
                    origin(of: name),
                    value: path,
                    what + ", or secrets.allowWorldReadable: true where a mount cannot do otherwise"
                )
            }
        }
        return Secret(secret)
    }

    /// The content of a file that need not be private; as ``secret(_:path:form:check:)``.
    func publicText(_ name: String, path: String, check: ([UInt8]) -> String?) {
        _ = text(ofFile: name, path: path, form: { $0 }, check: check) { _ in }
    }

    private func text(
        ofFile name: String,
        path: String,
        form: ([UInt8]) -> [UInt8],
        check: ([UInt8]) -> String?,
        look: (InputText.Contents) -> Void
    ) -> [UInt8] {
        guard reader.readsSecrets, !path.isEmpty else { return [] }
        do throws(InputText.ReadError) {
            let contents = try InputText.read(path, bytesMax: Self.secretBytesMax)
            look(contents)
            let text = form(contents.bytes)
            guard let wrong = check(text) else { return text }
            reader.mistake(key(name), origin(of: name), value: path, wrong)
        } catch {
            reader.mistake(key(name), origin(of: name), value: path, "the file \(error.what)")
        }
        return []
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
