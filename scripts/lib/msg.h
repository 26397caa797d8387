/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages on stderr: `TOOL: WHERE:LINE: the fault [code]: expected A, got B; run C`. TOOL
 * is the name of the program's file. Bytes that are not printable are printed as \xNN.
 */
#ifndef MSG_H
#define MSG_H

/* Exit status: done; something is lost, differs or failed; could not run. */
enum { DONE = 0, FINDING = 1, CANNOT_RUN = 2 };

/* `TOOL: text`. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* `TOOL: WHERE: text`, or `TOOL: WHERE:LINE: text` unless LINE is 0. */
void complain(const char *where, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* say(), then exit. */
_Noreturn void die(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
