extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isUpperCase: Bool { (0x41...0x5A).contains(self) }
    var isLetterOrDigit: Bool { isDigit || isUpperCase || (0x61...0x7A).contains(self) }
    var isHexDigit: Bool { isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self) }
}
