#define _GNU_SOURCE
#include <dlfcn.h>

#include "kernel.h"

const char *ck_instruction_set(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) return "avx512";
  if (__builtin_cpu_supports("x86-64-v3")) return "avx2";
#endif
  return "baseline";
}

// By name at run time: the OpenMP runtime comes with oneDNN, and has no library of its own to link.
int ck_set_threads(int count) {
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  int (*get)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_max_threads");
  if (!set || !get) return 0;
  set(count);
  return get();
}
