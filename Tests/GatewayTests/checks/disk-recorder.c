/* Writes down what a process does to the stores of one folder, so that a check can make the disks a power cut may leave: preloaded, with
   DISK_TRACE (the file of records, appended to) and DISK_FOLDER (real path of the folder). All calls are carried out as they are.

   A record is a header, a name and the bytes of a write, in the order of the calls and little-endian:

       u64 nanoseconds of CLOCK_MONOTONIC   u64 offset, or size for 'T' and 'A'   u32 bytes   u8 length of the name   u8 kind

   W write   T truncated to   A allocated up to   S file synced (behind the call)   C file made   U file unlinked   D folder synced (behind) */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* `real` is the library's own function of this name. */
#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int trace_file(void) {
    static int file = -1;
    REAL(open64);
    if (file < 0) file = real(getenv("DISK_TRACE"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return file;
}

/* The name within the folder: "" is the folder itself, NULL is no business of ours. */
static const char *name_of(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length) != 0) return NULL;
    if (path[length] == 0) return path + length;
    const char *name = path + length + 1;
    const char *ends[] = {".db", ".db-wal", ".db-journal"};
    for (int index = 0; index < 3; index++) {
        size_t end = strlen(ends[index]), size = strlen(name);
        if (size > end && strcmp(name + size - end, ends[index]) == 0) return name;
    }
    return NULL;
}

static const char *name_of_descriptor(int descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return NULL;
    path[length] = 0;
    return name_of(path);
}

static void record(char kind, const char *name, uint64_t offset, const void *bytes, size_t size) {
    struct __attribute__((packed)) {
        uint64_t time, offset;
        uint32_t size;
        uint8_t name, kind;
    } header;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    header.time = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    header.offset = offset;
    header.size = (uint32_t)size;
    header.name = (uint8_t)strlen(name);
    header.kind = (uint8_t)kind;
    struct iovec parts[] = {{&header, sizeof header}, {(void *)name, header.name}, {(void *)bytes, size}};
    ssize_t whole = (ssize_t)(sizeof header + header.name + size);
    int before = errno;
    if (writev(trace_file(), parts, 3) != whole) abort();
    errno = before;
}

static void record_descriptor(char kind, int descriptor, uint64_t offset, const void *bytes, size_t size) {
    char path[4096];
    const char *name = name_of_descriptor(descriptor, path, sizeof path);
    if (name && *name) record(kind, name, offset, bytes, size);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
    REAL(pwrite64);
    record_descriptor('W', descriptor, (uint64_t)offset, bytes, size);
    return real(descriptor, bytes, size, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) { return pwrite64(descriptor, bytes, size, offset); }

int ftruncate64(int descriptor, off64_t size) {
    REAL(ftruncate64);
    record_descriptor('T', descriptor, (uint64_t)size, NULL, 0);
    return real(descriptor, size);
}

int ftruncate(int descriptor, off_t size) { return ftruncate64(descriptor, size); }

int posix_fallocate64(int descriptor, off64_t offset, off64_t size) {
    REAL(posix_fallocate64);
    record_descriptor('A', descriptor, (uint64_t)(offset + size), NULL, 0);
    return real(descriptor, offset, size);
}

int posix_fallocate(int descriptor, off_t offset, off_t size) { return posix_fallocate64(descriptor, offset, size); }

static int synced(int descriptor, int result) {
    char path[4096];
    const char *name = result == 0 ? name_of_descriptor(descriptor, path, sizeof path) : NULL;
    if (name) record(*name ? 'S' : 'D', name, 0, NULL, 0);
    return result;
}

int fdatasync(int descriptor) {
    REAL(fdatasync);
    return synced(descriptor, real(descriptor));
}

int fsync(int descriptor) {
    REAL(fsync);
    return synced(descriptor, real(descriptor));
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    const char *name = flags & O_CREAT ? name_of(path) : NULL;
    if (name && *name && access(path, F_OK) != 0) record('C', name, 0, NULL, 0);
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open64(path, flags, mode);
}

int unlink(const char *path) {
    REAL(unlink);
    const char *name = name_of(path);
    if (name && *name) record('U', name, 0, NULL, 0);
    return real(path);
}
