// Everything after the first fork is async-signal-safe: the parent has threads, and a lock that one
// of them held would stay locked for ever in the child.
//
// Between worker and trainer stands a guard, for three reasons. The trainer has to die with the
// worker even under SIGKILL: PR_SET_PDEATHSIG would be tied to the life of the thread that forked,
// and would reach the trainer but not the processes that it started; the guard sees the lifeline
// close instead and ends the whole group. The group's number cannot be given to strangers while the
// guard, its leader, is there. And what a trainer leaves behind when it exits ends with it.
#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct plan {
  const char *path;
  char *const *argv;
  char *const *envp;
  const char *directory;
  int observed;
};

static void note_child(int signal) { (void)signal; }

static void tell(int descriptor, int kind, int value) {
  struct cspawn_status status = {kind, value};
  // Smaller than PIPE_BUF: written whole or not at all.
  while (write(descriptor, &status, sizeof status) < 0 && errno == EINTR) {
  }
}

static _Noreturn void become_trainer(const struct plan *plan, pid_t guard, int status) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guard) _exit(127);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (chdir(plan->directory) == 0) execve(plan->path, plan->argv, plan->envp);
  tell(status, CSPAWN_NOT_STARTED, errno);
  _exit(127);
}

/// Sleeps until a child ends; with the parent's end of the lifeline gone the whole group ends.
static void await_child(int lifeline, const sigset_t *during) {
  struct pollfd line = {.fd = lifeline, .events = POLLIN};
  if (ppoll(&line, 1, NULL, during) > 0) kill(0, SIGKILL);
}

static _Noreturn void watch(pid_t trainer, int observed, int status, int lifeline,
                            const sigset_t *during) {
  for (;;) {
    await_child(lifeline, during);
    int code;
    if (waitpid(trainer, &code, WNOHANG) != trainer) continue;
    if (WIFEXITED(code)) {
      tell(status, CSPAWN_EXITED, WEXITSTATUS(code));
    } else {
      tell(status, CSPAWN_SIGNALLED, WTERMSIG(code));
    }
    while (observed) await_child(lifeline, during);
    kill(0, SIGKILL);
  }
}

/// Leaves descriptors 0, 1, 2, `first` and `second` open and closes all others, which belong to the
/// parent's other work: other trainers' lifelines among them.
static void close_others(int first, int second) {
  int low = first < second ? first : second;
  int high = first < second ? second : first;
  if (low > 3) close_range(3, low - 1, 0);
  if (high > low + 1) close_range(low + 1, high - 1, 0);
  close_range(high + 1, ~0U, 0);
}

static _Noreturn void become_guard(const struct plan *plan, int output, int log, int status,
                                   int lifeline) {
  setpgid(0, 0);
  int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2, SIGALRM};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  signal(SIGCHLD, note_child);
  // SIGCHLD arrives only inside ppoll: an exit between waitpid and ppoll is not missed.
  sigset_t all, none;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  sigemptyset(&none);

  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close_others(status, lifeline);
  // Standard input last: `close_others` has freed the descriptors that it needs.
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing > STDIN_FILENO) {
    dup2(nothing, STDIN_FILENO);
    close(nothing);
  }

  pid_t guard = getpid();
  pid_t trainer = _Fork();
  if (trainer == 0) become_trainer(plan, guard, status);
  if (trainer < 0) {
    tell(status, CSPAWN_NOT_STARTED, errno);
    _exit(1);
  }
  close(STDOUT_FILENO);
  close(STDERR_FILENO);
  watch(trainer, plan->observed, status, lifeline, &none);
}

/// A pipe whose ends are above the standard descriptors and close on exec. Returns 0 or an errno.
static int high_pipe(int ends[2]) {
  int low[2];
  if (pipe2(low, O_CLOEXEC) != 0) return errno;
  for (int i = 0; i < 2; i++) {
    ends[i] = low[i] > STDERR_FILENO ? low[i] : fcntl(low[i], F_DUPFD_CLOEXEC, 3);
    if (ends[i] != low[i]) close(low[i]);
  }
  return ends[0] < 0 || ends[1] < 0 ? EMFILE : 0;
}

int cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory,
                 int log, int observed, struct cspawn_child *child) {
  struct plan plan = {path, argv, envp, directory, observed};
  int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
  int error = 0;
  for (int i = 0; i < 3 && error == 0; i++) error = high_pipe(pipes[i]);
  if (error == 0 && observed) fcntl(pipes[0][1], F_SETPIPE_SZ, 1);
  pid_t guard = -1;
  if (error == 0) {
    guard = _Fork();
    if (guard == 0) become_guard(&plan, pipes[0][1], log, pipes[1][1], pipes[2][0]);
    if (guard < 0) error = errno;
  }
  if (error != 0) {
    for (int i = 0; i < 6; i++)
      if (pipes[i / 2][i % 2] >= 0) close(pipes[i / 2][i % 2]);
    return error;
  }
  // Here too: whichever of the two comes first, the group is there before anyone signals it.
  setpgid(guard, guard);
  close(pipes[0][1]);
  close(pipes[1][1]);
  close(pipes[2][0]);
  *child = (struct cspawn_child){
      .group = guard, .output = pipes[0][0], .status = pipes[1][0], .lifeline = pipes[2][1]};
  return 0;
}
