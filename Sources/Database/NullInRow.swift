/// NULL in a column whose reader expects a value; thrown by ``Row/checked(_:)``.
package struct NullInRow: Error {
    @inlinable package init() {}
}
