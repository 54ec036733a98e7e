/* A sick disk for one process, preloaded by the checks. Files are those under IO_FAULTS_FOLDER. While the file IO_FAULTS exists:
   empty       the disk is full: writes that would make a file grow end with ENOSPC and statvfs says that nothing is free. What is
               allocated can still be overwritten.
   "blocked"   full, and every write to the queue's log fails as well.
   rules       one a line, six words; statvfs tells the truth:  SUFFIX CALL ERRNO SKIP TIMES DELAY
               SUFFIX is the end of the path, or *; CALL: write, grow (a write that makes the file longer) or sync; ERRNO: ENOSPC, EIO or 0
               (nothing fails); SKIP: how many pass before; TIMES: how many fail then, -1 is for ever; DELAY: milliseconds before each.
               A line `free MEGABYTES`: what statvfs says is free.
   Counting starts anew when the file is written. The file IO_FAULTS.failed has a byte for each call that failed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

struct rule {
    char suffix[64], call[8];
    int error, skip, times, delay;
};

#define RULES_MAX 8
static struct rule rules[RULES_MAX];
static int count, full;
static long long free_megabytes = -1;
static struct stat read_at;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void add(const char *suffix, const char *call, int error, int skip, int times, int delay) {
    if (count == RULES_MAX) return;
    struct rule *rule = &rules[count++];
    snprintf(rule->suffix, sizeof rule->suffix, "%s", suffix);
    snprintf(rule->call, sizeof rule->call, "%s", call);
    rule->error = error;
    rule->skip = skip;
    rule->times = times;
    rule->delay = delay;
}

/* With the lock held: reads the rules again when they were written since. */
static void refresh(void) {
    const char *path = getenv("IO_FAULTS");
    struct stat now;
    if (!path || stat(path, &now) != 0) {
        memset(&read_at, 0, sizeof read_at);
        count = full = 0;
        free_megabytes = -1;
        return;
    }
    if (now.st_ino == read_at.st_ino && now.st_size == read_at.st_size && now.st_mtim.tv_sec == read_at.st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == read_at.st_mtim.tv_nsec)
        return;
    read_at = now;
    count = full = 0;
    free_megabytes = -1;
    FILE *file = fopen(path, "re");
    if (!file) return;
    char line[256], suffix[64], call[8], word[16];
    int skip, times, delay, blocked = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "blocked", 7) == 0) {
            blocked = 1;
            add("queue.db-wal", "write", ENOSPC, 0, -1, 0);
            add("*", "grow", ENOSPC, 0, -1, 0);
        }
        if (sscanf(line, "free %lld", &free_megabytes) == 1) continue;
        if (sscanf(line, "%63s %7s %15s %d %d %d", suffix, call, word, &skip, &times, &delay) == 6)
            add(suffix, call, strcmp(word, "EIO") == 0 ? EIO : strcmp(word, "ENOSPC") == 0 ? ENOSPC : 0, skip, times, delay);
    }
    fclose(file);
    full = now.st_size == 0 || blocked;
    if (now.st_size == 0) add("*", "grow", ENOSPC, 0, -1, 0);
}

/* With the lock held. The file is not one of the folder's, so that this write is never made to fail. */
static void record(void) {
    char path[4096];
    snprintf(path, sizeof path, "%s.failed", getenv("IO_FAULTS"));
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (write(file, "x", 1) < 0) abort();
    close(file);
}

/* The errno a call has to end with; 0 lets it pass. */
static int fault(int descriptor, const char *call, off64_t end) {
    const char *folder = getenv("IO_FAULTS_FOLDER");
    char link[64], path[4096];
    struct stat status;
    int error = 0, delay = 0;
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return 0;
    pthread_mutex_lock(&lock);
    refresh();
    for (int index = 0; index < count && !error; index++) {
        struct rule *rule = &rules[index];
        size_t suffix = strlen(rule->suffix);
        if (strcmp(rule->suffix, "*") != 0 && ((size_t)length < suffix || strcmp(path + length - suffix, rule->suffix) != 0)) continue;
        int grows = strcmp(call, "write") == 0 && fstat(descriptor, &status) == 0 && end > status.st_size;
        if (strcmp(rule->call, call) != 0 && !(grows && strcmp(rule->call, "grow") == 0)) continue;
        if (rule->skip > 0) {
            rule->skip--;
            continue;
        }
        if (rule->times == 0) continue;
        if (rule->times > 0) rule->times--;
        error = rule->error;
        delay = rule->delay;
    }
    if (error) record();
    pthread_mutex_unlock(&lock);
    if (delay) nanosleep(&(struct timespec){delay / 1000, delay % 1000 * 1000000L}, 0);
    return error;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    int error = fault(descriptor, "write", offset + (off64_t)size);
    if (error) {
        errno = error;
        return -1;
    }
    return real(descriptor, bytes, size, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) { return pwrite64(descriptor, bytes, size, offset); }

static int synced(int descriptor, const char *name) {
    int error = fault(descriptor, "sync", 0);
    if (error) {
        errno = error;
        return -1;
    }
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    return real(descriptor);
}

int fdatasync(int descriptor) { return synced(descriptor, "fdatasync"); }

int fsync(int descriptor) { return synced(descriptor, "fsync"); }

static int emptied(int result, struct statvfs *found) {
    pthread_mutex_lock(&lock);
    refresh();
    if (result == 0 && full) found->f_bavail = found->f_bfree = 0;
    else if (result == 0 && free_megabytes >= 0) found->f_bavail = found->f_bfree = (free_megabytes << 20) / (long long)found->f_frsize;
    pthread_mutex_unlock(&lock);
    return result;
}

int statvfs(const char *path, struct statvfs *found) {
    static int (*real)(const char *, struct statvfs *);
    if (!real) real = dlsym(RTLD_NEXT, "statvfs");
    return emptied(real(path, found), found);
}

int statvfs64(const char *path, struct statvfs64 *found) { return statvfs(path, (struct statvfs *)found); }
