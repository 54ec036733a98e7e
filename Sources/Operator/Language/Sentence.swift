import Domain

/// A sentence for people: the English with its places, and what stands in them.
struct Sentence: ExpressibleByStringInterpolation {
    /// What stands in a place; both forms are made at once, most sentences are short.
    fileprivate struct Place {
        var english: String
        var french: String
        /// Decides between singular and plural.
        var quantity: Int64?
    }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var places: [Place] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { template += literal }

        mutating func appendInterpolation<T>(_ value: T) { put("\(value)") }

        /// A quantity: French groups its digits.
        mutating func appendInterpolation(_ number: some BinaryInteger) {
            put("\(number)", french: FrenchNumber.grouped(Int64(number)), Int64(number))
        }

        /// A number that is a name, or is typed back: never grouped.
        mutating func appendInterpolation(digits number: some BinaryInteger) { put("\(number)") }

        /// A number with a point.
        mutating func appendInterpolation(decimal number: String) {
            put(number, french: String(number.map { $0 == "." ? "," : $0 }))
        }

        /// The day of an instant, in UTC: `2027-03-04`, `04/03/2027`.
        mutating func appendInterpolation(day instant: Instant) {
            let day = instant.rfc3339.prefix(10)
            put(String(day), french: day.split(separator: "-").reversed().joined(separator: "/"))
        }

        private mutating func put(_ english: String, french: String? = nil, _ quantity: Int64? = nil) {
            places.append(Place(english: english, french: french ?? english, quantity: quantity))
            template += "%\(places.count)"
        }
    }

    /// The English, with `%1`, `%2` … for the places: the key of the catalogue.
    let template: String
    private let places: [Place]

    init(stringLiteral value: String) {
        template = value
        places = []
    }

    init(stringInterpolation: StringInterpolation) {
        template = stringInterpolation.template
        places = stringInterpolation.places
    }

    func text(in language: Language) -> String {
        switch language {
        case .english: fill(template, \.english, isOne: { $0 == 1 })
        case .french:
            // None is one in French.
            fill(FrenchCatalogue.sentences[template] ?? template, \.french, isOne: { (-1...1).contains($0) })
        }
    }

    /// Puts the places in; `{1:letter|letters}` takes its word by the quantity in the place.
    private func fill(_ template: String, _ form: KeyPath<Place, String>, isOne: (Int64) -> Bool) -> String {
        var text = ""
        var rest = template[...]
        while let index = rest.firstIndex(where: { $0 == "%" || $0 == "{" }) {
            text += rest[..<index]
            let sign = rest[index]
            rest = rest[rest.index(after: index)...]
            guard let number = rest.first?.wholeNumberValue, places.indices.contains(number - 1) else {
                text.append(sign)
                continue
            }
            let place = places[number - 1]
            if sign == "%" {
                text += place[keyPath: form]
                rest = rest.dropFirst()
            } else if let end = rest.firstIndex(of: "}") {
                let words = rest[..<end].dropFirst(2).split(separator: "|", omittingEmptySubsequences: false)
                let word = place.quantity.map(isOne) ?? false ? words.first : words.last
                text += fill(word.map(String.init) ?? "", form, isOne: isOne)
                rest = rest[rest.index(after: end)...]
            }
        }
        return text + rest
    }
}

/// Numbers as French prints them.
enum FrenchNumber {
    /// `1 234`, with narrow spaces at which no line breaks.
    static func grouped(_ number: Int64) -> String {
        let digits = Array("\(number.magnitude)")
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
            text.append(digit)
        }
        return text
    }
}
