/// The named character references of HTML 4 [HTML 4.01 §24] and `&apos;`: what editors of the ENT and directory feeds write.
package enum HTMLEntities {
    /// Bytes of the longest name (`thetasym`).
    package static let nameBytesMax = 8

    /// The character of a name without `&` and `;`; names are case-sensitive. nil when HTML 4 has no such name.
    package static func decode(_ name: some StringProtocol) -> String? {
        guard name.utf8.count <= nameBytesMax, let scalar = scalars[String(name)] else { return nil }
        return String(scalar)
    }

    /// The character of `#233` or `#xE9`; nil for a number that is no character.
    ///
    /// 128...159 are read as Windows-1252, as browsers do [HTML Living Standard, numeric character reference end state].
    package static func decode(numeric reference: some StringProtocol) -> String? {
        guard reference.utf8.first == UInt8(ascii: "#") else { return nil }
        var digits = reference.utf8.dropFirst()
        var radix: UInt32 = 10
        if let mark = digits.first, mark | 0x20 == UInt8(ascii: "x") {
            digits = digits.dropFirst()
            radix = 16
        }
        guard (1...8).contains(digits.count) else { return nil }
        var value: UInt32 = 0
        for byte in digits {
            guard let digit = Hex.value(byte), UInt32(digit) < radix, value < 0x11_0000 else { return nil }
            value = value * radix + UInt32(digit)
        }
        if (0x80...0x9F).contains(value) { value = windows1252[Int(value - 0x80)] }
        guard value != 0, let scalar = Unicode.Scalar(value) else { return nil }
        return String(scalar)
    }

    private static let scalars: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = [:]
        func add(_ names: String, from first: UInt32) {
            for (offset, name) in names.split(whereSeparator: \.isWhitespace).enumerated() where name != "-" {
                table[String(name)] = Unicode.Scalar(first + UInt32(offset))
            }
        }
        add(latin1, from: 0xA0)
        add(greekCapitals, from: 0x391)
        add(greekSmalls, from: 0x3B1)
        for pair in others.split(whereSeparator: \.isWhitespace) {
            let parts = pair.split(separator: "=")
            if let code = UInt32(parts[1], radix: 16) { table[String(parts[0])] = Unicode.Scalar(code) }
        }
        return table
    }()

    /// U+00A0...U+00FF in order.
    private static let latin1 = """
        nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute
        micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring
        AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml
        times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil
        egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash
        ugrave uacute ucirc uuml yacute thorn yuml
        """

    /// U+0391...U+03A9 in order; `-` is a gap.
    private static let greekCapitals = """
        Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau Upsilon
        Phi Chi Psi Omega
        """

    /// U+03B1...U+03C9 in order.
    private static let greekSmalls = """
        alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau
        upsilon phi chi psi omega
        """

    private static let others = """
        quot=22 amp=26 apos=27 lt=3C gt=3E OElig=152 oelig=153 Scaron=160 scaron=161 Yuml=178 fnof=192 circ=2C6
        tilde=2DC thetasym=3D1 upsih=3D2 piv=3D6 ensp=2002 emsp=2003 thinsp=2009 zwnj=200C zwj=200D lrm=200E rlm=200F
        ndash=2013 mdash=2014 lsquo=2018 rsquo=2019 sbquo=201A ldquo=201C rdquo=201D bdquo=201E dagger=2020
        Dagger=2021 bull=2022 hellip=2026 permil=2030 prime=2032 Prime=2033 lsaquo=2039 rsaquo=203A oline=203E
        frasl=2044 euro=20AC image=2111 weierp=2118 real=211C trade=2122 alefsym=2135 larr=2190 uarr=2191 rarr=2192
        darr=2193 harr=2194 crarr=21B5 lArr=21D0 uArr=21D1 rArr=21D2 dArr=21D3 hArr=21D4 forall=2200 part=2202
        exist=2203 empty=2205 nabla=2207 isin=2208 notin=2209 ni=220B prod=220F sum=2211 minus=2212 lowast=2217
        radic=221A prop=221D infin=221E ang=2220 and=2227 or=2228 cap=2229 cup=222A int=222B there4=2234 sim=223C
        cong=2245 asymp=2248 ne=2260 equiv=2261 le=2264 ge=2265 sub=2282 sup=2283 nsub=2284 sube=2286 supe=2287
        oplus=2295 otimes=2297 perp=22A5 sdot=22C5 lceil=2308 rceil=2309 lfloor=230A rfloor=230B lang=2329 rang=232A
        loz=25CA spades=2660 clubs=2663 hearts=2665 diams=2666
        """

    /// Unassigned places keep their control character.
    private static let windows1252: [UInt32] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
