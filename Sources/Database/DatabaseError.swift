/// What an engine throws, sorted by what the caller can do about it.
package protocol DatabaseError: Error {
    var fault: DatabaseFault { get }
}
