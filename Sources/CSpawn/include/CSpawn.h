#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// What a guard says about its trainer, once.
enum cspawn_kind {
  /// It could not be started; the value is an errno.
  CSPAWN_NOT_STARTED = 0,
  /// It exited; the value is the exit code.
  CSPAWN_EXITED = 1,
  /// A signal ended it; the value is the signal's number.
  CSPAWN_SIGNALLED = 2,
};

struct cspawn_status {
  int kind;
  int value;
};

/// A trainer and its guard, as the parent sees them.
struct cspawn_child {
  /// The guard, leader of the process group that holds the trainer and all that it starts.
  /// The parent has to reap it.
  pid_t group;
  /// The trainer's standard output, for reading.
  int output;
  /// One `cspawn_status`, then end of file; end of file alone when the guard itself was killed.
  int status;
  /// The guard ends the whole group when this descriptor's last copy closes.
  int lifeline;
};

/// Starts `path` with `argv` and `envp` in `directory`, in a process group of its own under a small
/// guard process. Standard input is empty, standard error goes to `log`. What the trainer leaves behind
/// when it exits is ended at once. Of one that is `observed` it lives until the lifeline closes, so
/// that it can be seen, and its output is the smallest pipe there is, so that it cannot run far ahead
/// of its reader. Returns 0, or an errno.
int cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory,
                 int log, int observed, struct cspawn_child *child);

#endif
