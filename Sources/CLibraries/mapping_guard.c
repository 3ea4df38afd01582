// A handler of SIGBUS for registered mappings. Only async-signal-safe calls and mmap, a plain system call on Linux.
#include "mapping_guard.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS = 16384 };

struct slot {
    _Atomic uintptr_t base;  // 0 where the slot is free
    _Atomic size_t length;
    _Atomic int damaged;
};

static struct slot slots[SLOTS];
static struct sigaction previous;
static uintptr_t page_size;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int i = 0; i < SLOTS; i++) {
        uintptr_t base = atomic_load(&slots[i].base);
        size_t length = atomic_load(&slots[i].length);
        if (base == 0 || address < base || address >= base + length) continue;
        uintptr_t page = address & ~(page_size - 1);
        // The rest at once: a truncated file has no page behind this one either.
        void *zeros = mmap((void *)page, base + length - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros == MAP_FAILED) break;
        atomic_store(&slots[i].damaged, 1);
        return;
    }
    // Not ours: whoever was asked before is asked when the access is repeated.
    sigaction(signal_number, &previous, NULL);
    (void)context;
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {0};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

int nightjar_guard_mapping(const void *base, size_t length) {
    pthread_once(&once, install);
    int ticket = -1;
    pthread_mutex_lock(&taking);
    for (int i = 0; i < SLOTS && ticket < 0; i++) {
        if (atomic_load(&slots[i].base) != 0) continue;
        atomic_store(&slots[i].damaged, 0);
        atomic_store(&slots[i].length, length);
        atomic_store(&slots[i].base, (uintptr_t)base);
        ticket = i;
    }
    pthread_mutex_unlock(&taking);
    return ticket;
}

void nightjar_unguard_mapping(int ticket) {
    if (ticket >= 0) atomic_store(&slots[ticket].base, 0);
}

int nightjar_mapping_is_damaged(int ticket) { return ticket >= 0 && atomic_load(&slots[ticket].damaged); }
