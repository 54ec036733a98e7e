/* How long a process waits for file locks: LD_PRELOAD=lock-waits.so LOCK_WAITS=FILE.
 *
 * SQLite takes its locks with fcntl(F_SETLK), which never blocks: a lock that is held comes back as EAGAIN, and what follows is SQLite's
 * busy handler, or the caller's error. A call has waited when its thread gave up its core of its own will (getrusage, ru_nvcsw); one that was
 * only put off by the scheduler has not. FILE holds four 64-bit numbers, kept current: calls, refusals, nanoseconds of the longest call,
 * nanoseconds of the longest that has waited. Whoever reads them may set them to zero. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static _Atomic uint64_t *figures;
static int (*next)(int, int, ...);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("LOCK_WAITS");
    next = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl64");
    if (!next) next = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl");
    int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    if (file < 0 || ftruncate(file, 32) != 0) return;
    void *room = mmap(NULL, 32, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (room != MAP_FAILED) figures = room;
    close(file);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static long waits(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

static void raise_to(_Atomic uint64_t *figure, uint64_t length) {
    uint64_t longest = atomic_load(figure);
    while (length > longest && !atomic_compare_exchange_weak(figure, &longest, length)) {}
}

static int timed(int file, int command, void *argument) {
    if (!figures || (command != F_SETLK && command != F_SETLKW)) return next(file, command, argument);
    long waited = waits();
    uint64_t start = now();
    int result = next(file, command, argument);
    int error = errno;
    uint64_t length = now() - start;
    atomic_fetch_add(&figures[0], 1);
    if (result != 0 && (error == EAGAIN || error == EACCES)) atomic_fetch_add(&figures[1], 1);
    raise_to(&figures[2], length);
    if (waits() != waited) raise_to(&figures[3], length);
    errno = error;
    return result;
}

int fcntl(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return timed(file, command, argument);
}

int fcntl64(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return timed(file, command, argument);
}
