#define _GNU_SOURCE
#include "CAllocations.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local long allocations;
// Off but for a moment: who asks is looked up in the tables of all libraries.
static _Thread_local int is_counting;

void ca_start(void) {
  allocations = 0;
  is_counting = 1;
}

long ca_stop(void) {
  is_counting = 0;
  return allocations;
}

static void count(void *caller) {
  if (!is_counting) return;
  Dl_info info;
  is_counting = 0;
  int is_library = dladdr(caller, &info) && strstr(info.dli_fname, "libdnnl");
  is_counting = 1;
  if (!is_library) allocations++;
}

void *malloc(size_t size) {
  count(__builtin_return_address(0));
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count(__builtin_return_address(0));
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count(__builtin_return_address(0));
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(__builtin_return_address(0));
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  count(__builtin_return_address(0));
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
