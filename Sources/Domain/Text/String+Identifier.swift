extension String {
    /// An id as it is compared: without Unicode white space and zero-width characters (U+200B, U+2060, U+FEFF) at both ends.
    package var trimmedIdentifier: String {
        let first = utf8.first ?? 0x21
        let last = utf8.last ?? 0x21
        // Nearly all ids begin and end plainly: no Unicode tables for those.
        if (0x21...0x7E).contains(first), (0x21...0x7E).contains(last) { return self }
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.isOutsideIdentifier { scalars.removeFirst() }
        while let last = scalars.last, last.isOutsideIdentifier { scalars.removeLast() }
        return String(scalars)
    }

    /// With `<U+200B>` for each character that shows nothing or another thing than it is: for messages that quote an id.
    package var showingInvisible: String {
        guard unicodeScalars.contains(where: \.isInvisible) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard scalar.isInvisible else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let hex = String(scalar.value, radix: 16, uppercase: true)
            text += "<U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex + ">"
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isOutsideIdentifier: Bool {
        properties.isWhitespace || value == 0x200B || value == 0x2060 || value == 0xFEFF
    }

    fileprivate var isInvisible: Bool {
        if (0x20...0x7E).contains(value) { return false }
        return isHidden || properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || properties.generalCategory == .format
    }
}
