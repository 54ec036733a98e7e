/// NULL in a column whose reader expects a value; thrown by ``Row/checked(_:)``.
package struct NullInRowError: Error {
    @inlinable package init() {}
}
