#define _GNU_SOURCE
#include <dlfcn.h>

#include "CKernels.h"

// By name at run time: the OpenMP runtime comes with oneDNN, and has no library of its own to link.
int ck_set_threads(int count) {
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  int (*get)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  if (!set || !get) return 0;
  set(count);
  return get();
}
