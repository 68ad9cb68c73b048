/* SPDX-License-Identifier: MIT */
/* Whose files they are, and who else may read or write them; the clock, which is local as well. */
#include "judge.h"

#include <errno.h>
#include <string.h>

#include "core/i18n.h"
#include "core/text.h"
#include "core/when.h"

#define OTHERS_WRITE (S_IWGRP | S_IWOTH)
#define OTHERS_ANY (S_IRWXG | S_IRWXO)
#define LITTLE_BYTES (INT64_C(64) << 20)
#define SKEW_TOLD_MS (60 * 1000)
#define SKEW_MAX_MS (15 * 60 * 1000) /* of a signature, api.md 2.2 */
#define DAY_MS INT64_C(86400000)

/* "0644" */
static const char *mode_text(const struct stat *st, char out[8])
{
	snprintf(out, 8, "%04o", (unsigned)st->st_mode & 07777u);
	return out;
}

void judge_config_file(struct findings *f, const struct judge_file *file)
{
	char mode[8];

	if (file->error == ENOENT)
		finding_ok(f, _("%s is not there"), file->path);
	else if (file->error)
		finding_problem(f, EXIT_USAGE, "%s: %s", file->path, strerror(file->error));
	else if (file->st.st_mode & OTHERS_WRITE && !S_ISLNK(file->st.st_mode)) {
		finding_problem(f, EXIT_USAGE, _("%s has mode %s: others may write to it, and it names programs to run"),
				file->path, mode_text(&file->st, mode));
		finding_mend(f, "chmod go-w %s", file->path);
	} else if (file->st.st_uid != file->uid && file->st.st_uid != 0) {
		finding_warning(f, _("%s belongs to another user, who may change it"), file->path);
		finding_mend(f, _("make a copy of your own"));
	} else
		finding_ok(f, _("%s: nobody else may write to it"), file->path);
}

void judge_secret_file(struct findings *f, const struct judge_file *file)
{
	char mode[8];

	if (file->error) {
		finding_problem(f, EXIT_USAGE, "%s: %s", file->path, strerror(file->error));
		finding_mend(f, _("put the token into that file, or name another"));
	} else if (S_ISLNK(file->st.st_mode)) {
		finding_problem(f, EXIT_USAGE, _("%s is a symbolic link, and is not followed"), file->path);
		finding_mend(f, _("name the file that it points to"));
	} else if (!S_ISREG(file->st.st_mode)) {
		finding_problem(f, EXIT_USAGE, _("%s is not a regular file"), file->path);
		finding_mend(f, _("put the token into a file of its own"));
	} else if (file->st.st_uid != file->uid) {
		finding_problem(f, EXIT_USAGE, _("%s belongs to another user"), file->path);
		finding_mend(f, _("make a copy of your own, and chmod 600 it"));
	} else if (file->st.st_mode & OTHERS_ANY) {
		finding_problem(f, EXIT_USAGE, _("%s has mode %s: others may read the token, so it is refused"),
				file->path, mode_text(&file->st, mode));
		finding_mend(f, "chmod 600 %s", file->path);
	} else if (file->folder_open) {
		finding_problem(f, EXIT_USAGE, _("%s lies in a directory that everybody may write to"), file->path);
		finding_mend(f, _("move it to a directory of your own"));
	} else
		finding_ok(f, _("%s: mode %s, yours alone"), file->path, mode_text(&file->st, mode));
}

/* "1.5 GiB" */
static void size_text(int64_t bytes, char *out, size_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double n = (double)bytes;
	size_t i = 0;

	while (n >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		n /= 1024;
		i++;
	}
	snprintf(out, size, i && n < 10 ? "%.1f %s" : "%.0f %s", n, units[i]);
}

static void judge_space(struct findings *f, const struct judge_folder *folder)
{
	char left[24], wanted[24];

	size_text(folder->free_bytes, left, sizeof(left));
	size_text(folder->wanted_bytes, wanted, sizeof(wanted));
	if (folder->free_bytes < LITTLE_BYTES) {
		finding_warning(f, _("%s has %s left"), folder->path, left);
		finding_mend(f, _("make room on that file system"));
	} else if (folder->free_bytes < folder->wanted_bytes) {
		finding_warning(f, _("%s has %s left, and one log may take %s (spool_max)"), folder->path, left, wanted);
		finding_mend(f, _("make room on that file system, or lower spool_max"));
	} else
		finding_ok(f, _("%s: yours alone, %s left"), folder->path, left);
}

void judge_folder(struct findings *f, const struct judge_folder *folder)
{
	char mode[8];

	if (!folder->path) {
		finding_warning(f, _("there is no place for it: neither HOME nor the XDG variable is an absolute path"));
		finding_mend(f, _("set HOME; without it nothing is kept from one time to the next"));
	} else if (folder->error == ENOENT && folder->writable)
		finding_ok(f, _("%s is not there yet: it is made when it is needed"), folder->path);
	else if (folder->error) {
		finding_warning(f, _("%s cannot be made: %s"), folder->path,
				folder->error == ENOENT ? _("the directory above it is not writable") : strerror(folder->error));
		finding_mend(f, _("make it with mode 0700, or point the XDG variable to a place of yours"));
	} else if (!S_ISDIR(folder->st.st_mode)) {
		finding_problem(f, EXIT_USAGE, _("%s is not a directory"), folder->path);
		finding_mend(f, _("move it away"));
	} else if (!folder->writable || folder->st.st_uid != folder->uid) {
		finding_problem(f, EXIT_USAGE, _("%s is not yours to write to"), folder->path);
		finding_mend(f, "chown %u %s && chmod 700 %s", folder->uid, folder->path, folder->path);
	} else if (folder->st.st_mode & OTHERS_ANY) {
		finding_warning(f, _("%s has mode %s: others may look into it"), folder->path,
				mode_text(&folder->st, mode));
		finding_mend(f, "chmod 700 %s", folder->path);
	} else if (folder->free_bytes >= 0)
		judge_space(f, folder);
	else
		finding_ok(f, _("%s: yours alone"), folder->path);
}

/* ---- the clock ---- */

void judge_clock(struct findings *f, const struct judge_clock *clock)
{
	int64_t off_ms = clock->wall_ms - clock->server_ms, size_ms = off_ms < 0 ? -off_ms : off_ms;
	char off[32];

	if (clock->server_ms == WHEN_NONE) {
		finding_skipped(f, _("the service did not say what time it has"));
		return;
	}
	when_duration(size_ms, off, sizeof(off));
	if (clock->demo) {
		finding_ok(f, _("the simulated service has a time of its own"));
		return;
	}
	if (size_ms <= SKEW_TOLD_MS) {
		finding_ok(f, _("%lld s from the service's"), (long long)(size_ms / 1000));
		return;
	}
	if (clock->keys && size_ms > SKEW_MAX_MS)
		finding_problem(f, EXIT_SIGN_IN, off_ms < 0 ? _("your clock is %s slow: signatures are refused beyond 15 min")
							    : _("your clock is %s fast: signatures are refused beyond 15 min"),
				off);
	else
		finding_warning(f, off_ms < 0 ? _("your clock is %s slow") : _("your clock is %s fast"), off);
	finding_mend(f, _("set the clock: timedatectl set-ntp true"));
}

void judge_build(struct findings *f, int64_t wall_ms, int64_t build_ms)
{
	char now[32], built[32];

	when_rfc3339(wall_ms, now, sizeof(now));
	when_rfc3339(build_ms, built, sizeof(built));
	now[10] = built[10] = '\0';
	if (build_ms != WHEN_NONE && wall_ms < build_ms - DAY_MS) {
		finding_problem(f, EXIT_USAGE, _("your clock says %s, but this program was made on %s"), now, built);
		finding_mend(f, _("set the clock: timedatectl set-ntp true"));
	} else
		finding_ok(f, _("%s, later than the program"), now);
}
