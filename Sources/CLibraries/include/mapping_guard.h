#pragma once
#include <stddef.h>

// Guards mapped files: a file that shrinks, or a page that the disk cannot read, would end the process with SIGBUS.
// With a guard the rest of the mapping turns to zeros, and the mapping is known as damaged.

/// Guards `length` bytes from `base`. Returns a ticket, or -1 when too many mappings are guarded.
int nightjar_guard_mapping(const void *base, size_t length);
/// Before the mapping is undone.
void nightjar_unguard_mapping(int ticket);
/// 1 when pages of the mapping could not be read.
int nightjar_mapping_is_damaged(int ticket);
