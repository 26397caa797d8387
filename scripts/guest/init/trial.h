/* SPDX-License-Identifier: GPL-2.0-only */
/* A trial, in a separate process that an alarm ends, and its verdict. */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>

/* Run PROVE(ARGUMENT), which ends with passed() or failed(), for slower(PATIENCE) at most. */
void trial(const char *name, void (*prove)(const char *argument), const char *argument,
	   unsigned int patience);

/* Record "device NAME WORD TEXT" of the trial, and end the process. */
_Noreturn void verdict(const char *word, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define passed(...) verdict("ok", __VA_ARGS__)
#define failed(...) verdict("fail", __VA_ARGS__)

/* RESULT, unless it is negative: that fails, with errno's text. */
int must(int result, const char *what);

/* Write TEXT to FILE; 0, or errno. */
int write_to(const char *file, const char *text);

/* The same, which fails with another result than ERROR. */
void expect(const char *file, const char *text, int error);

/* The kernel's log lists the valid values: a message begins with START. */
void expect_told(const char *start);

/* Does the kernel's release begin with START? */
bool is_release(const char *start);

/* Is WORD on the kernel's command line, or the start of one that is? */
bool is_on_cmdline(const char *word);

/* N, if the kernel's command line has KEYN, as in "key=N"; else USUAL. */
int number(const char *key, int usual);

/* Does the processor run code that has been written over? boot.sh knows, and when. */
bool runs_old_code(void);

/* If so: before a module is loaded, invalidate the old translations at its place. */
void overwrite_old_code(void);

void wait_ms(long ms);

/* The repetitions of a trial that must pass each time: USUAL, or keelson.cycles=N. */
int cycles(int usual);

/* SECONDS of a usual guest, times keelson.slow=N in one whose kernel has checkers. */
unsigned int slower(unsigned int seconds);

#endif
