/* Preloaded into a process under test, writes down what a power loss would leave of a directory: which bytes of each file were
   synced, and which names of each directory. The test kills the process, reads the journal and takes the rest away.

   NIGHTJAR_JOURNAL   the journal, appended to        NIGHTJAR_JOURNAL_ROOT   the directory that is watched, absolute
   NIGHTJAR_JOURNAL_DEATH   the process kills itself at this one of the calls that are watched, in the middle of it if it writes
   NIGHTJAR_JOURNAL_LOST   a directory on the same disk for what is unlinked or replaced, until its directory is synced

   Lines: C inode path (made), S inode size (synced), D path (directory synced), L path (name linked), R kept old new (renamed;
   `kept` is the name of the replaced file under LOST, or -), U kept path (unlinked). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int journal = -1;
static int kept_count = 0;

static const char *root(void) { return getenv("NIGHTJAR_JOURNAL_ROOT"); }

static int is_watched(const char *path) {
    const char *prefix = root();
    return prefix && path && strncmp(path, prefix, strlen(prefix)) == 0;
}

static void note(const char *format, ...) {
    char line[8192];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (journal < 0) {
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
        journal = real(getenv("NIGHTJAR_JOURNAL"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    }
    ssize_t (*real_write)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (length > 0 && length < (int)sizeof line && real_write(journal, line, length) != length) abort();
}

static void keep_name(char *name, size_t size) {
    snprintf(name, size, "%s/%d-%d", getenv("NIGHTJAR_JOURNAL_LOST"), (int)getpid(), kept_count++);
}

/* Whether this watched call is the last one. */
static int is_last(void) {
    static long left = -1;
    static int is_read = 0;
    if (!is_read) {
        const char *text = getenv("NIGHTJAR_JOURNAL_DEATH");
        left = text ? atol(text) : -1;
        is_read = 1;
    }
    return left > 0 && __sync_sub_and_fetch(&left, 1) == 0;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int is_watched_file(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_watched(path);
}

static int opened(int file, const char *path, int flags, int existed) {
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return file;
    if (!existed) note("C %lu %s\n", (unsigned long)status.st_ino, path);
    else if (flags & O_TRUNC) note("S %lu 0\n", (unsigned long)status.st_ino);
    return file;
}

static int open_any(const char *symbol, const char *path, int flags, mode_t mode) {
    int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, symbol);
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_watched(path)) return real(path, flags, mode);
    if (is_last()) die();
    pthread_mutex_lock(&lock);
    int existed = access(path, F_OK) == 0;
    int file = opened(real(path, flags, mode), path, flags, existed);
    int code = errno;
    pthread_mutex_unlock(&lock);
    errno = code;
    return file;
}

static mode_t mode_of(int flags, va_list arguments) { return flags & O_CREAT ? va_arg(arguments, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any("open64", path, flags, mode);
}

static int sync_any(const char *symbol, int file) {
    int (*real)(int) = dlsym(RTLD_NEXT, symbol);
    struct stat status;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    /* The size before the call: bytes written meanwhile are not promised. */
    int known = length > 0 && fstat(file, &status) == 0;
    path[length > 0 ? length : 0] = 0;
    if (known && is_watched(path) && is_last()) die();
    int result = real(file);
    int code = errno;
    if (known && result == 0 && is_watched(path)) {
        pthread_mutex_lock(&lock);
        if (S_ISDIR(status.st_mode)) note("D %s\n", path);
        else note("S %lu %lld\n", (unsigned long)status.st_ino, (long long)status.st_size);
        pthread_mutex_unlock(&lock);
    }
    errno = code;
    return result;
}

int fsync(int file) { return sync_any("fsync", file); }
int fdatasync(int file) { return sync_any("fdatasync", file); }

int rename(const char *old, const char *new) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    if (!is_watched(new)) return real(old, new);
    if (is_last()) die();
    pthread_mutex_lock(&lock);
    char kept[4096];
    keep_name(kept, sizeof kept);
    int (*real_link)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    if (real_link(new, kept) != 0) strcpy(kept, "-");
    int result = real(old, new);
    int code = errno;
    if (result == 0) note("R %s %s %s\n", kept, old, new);
    pthread_mutex_unlock(&lock);
    errno = code;
    return result;
}

int link(const char *old, const char *new) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    if (!is_watched(new)) return real(old, new);
    if (is_last()) die();
    pthread_mutex_lock(&lock);
    int result = real(old, new);
    int code = errno;
    if (result == 0) note("L %s\n", new);
    pthread_mutex_unlock(&lock);
    errno = code;
    return result;
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    struct stat status;
    if (!is_watched(path) || lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) return real(path);
    if (is_last()) die();
    pthread_mutex_lock(&lock);
    char kept[4096];
    keep_name(kept, sizeof kept);
    int (*real_link)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    int is_kept = real_link(path, kept) == 0;
    int result = real(path);
    int code = errno;
    if (result == 0 && is_kept) note("U %s %s\n", kept, path);
    pthread_mutex_unlock(&lock);
    errno = code;
    return result;
}

ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (root() && is_watched_file(file) && is_last()) {
        if (real(file, bytes, count / 2) < 0) abort();
        die();
    }
    return real(file, bytes, count);
}
