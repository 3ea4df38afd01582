#pragma once
#include <pthread.h>

// A GNU extension that Glibc's Swift overlay does not show.
extern int pthread_setname_np(pthread_t thread, const char *name);
