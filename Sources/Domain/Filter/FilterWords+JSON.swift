extension FilterWords {
    /// As an order's body carries it: a member for each name, a word or an array of words. Words are checked by ``check()`` and
    /// ``resolve(now:names:)``, not here.
    package init(json: JSONObject) throws(WordError) {
        self.init()
        for member in json {
            guard let name = Name(rawValue: member.name) else { throw .noSuchName(member.name) }
            let values = member.value.array ?? [member.value]
            var words: [String] = []
            for value in values {
                guard let word = value.string, !word.isEmpty else {
                    throw .malformed(name, word: JSONWriter.text(value), expected: "a word or an array of words")
                }
                words.append(word)
            }
            self[name] = words
        }
    }

    /// What ``init(json:)`` reads.
    package var json: JSONObject {
        var object = JSONObject()
        for name in Name.allCases where !self[name].isEmpty {
            object[name.rawValue] = .array(self[name].map { .string($0) })
        }
        return object
    }
}
