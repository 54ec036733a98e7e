/// Something of an accepted event that does less than its sender may think: in the receipt, and with the event from then on.
package struct ReceiptWarning: Hashable, Sendable {
    /// Where in the posted event, as a JSON pointer.
    package var pointer: String
    /// Stable word: `emptyClass`, ...
    package var code: String
    /// A sentence without texts of the event and without names of persons.
    package var detail: String

    package init(pointer: String, code: String, detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }
}
