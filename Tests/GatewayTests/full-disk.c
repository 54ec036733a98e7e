/* A full disk for one process, preloaded by gateway_checks.py. While the file GATEWAY_TEST_FULL exists, writes that would make a file
   under GATEWAY_TEST_FULL_FOLDER grow end with ENOSPC and statvfs says that nothing is free, as on a file system without room: what is
   allocated can still be overwritten. With the word "blocked" in that file, every write to the queue's log fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* 0: there is room; 1: full; 2: blocked. */
static int state(void) {
    const char *flag = getenv("GATEWAY_TEST_FULL");
    struct stat status;
    if (!flag || stat(flag, &status) != 0) return 0;
    return status.st_size > 0 ? 2 : 1;
}

static int refuses(int descriptor, off64_t end) {
    const char *folder = getenv("GATEWAY_TEST_FULL_FOLDER");
    char link[64], path[4096];
    struct stat status;
    int now = state();
    if (!now || !folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    if (now == 2 && length > 12 && strcmp(path + length - 12, "queue.db-wal") == 0) return 1;
    return fstat(descriptor, &status) == 0 && end > status.st_size;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    if (refuses(descriptor, offset + (off64_t)count)) {
        errno = ENOSPC;
        return -1;
    }
    return real(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return pwrite64(descriptor, bytes, count, offset); }

static int emptied(int result, struct statvfs *found) {
    if (result == 0 && state()) found->f_bavail = found->f_bfree = 0;
    return result;
}

int statvfs(const char *path, struct statvfs *found) {
    static int (*real)(const char *, struct statvfs *);
    if (!real) real = dlsym(RTLD_NEXT, "statvfs");
    return emptied(real(path, found), found);
}

int statvfs64(const char *path, struct statvfs64 *found) { return statvfs(path, (struct statvfs *)found); }
