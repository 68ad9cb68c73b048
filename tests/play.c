/* SPDX-License-Identifier: MIT */
/*
 * Plays one key script at one size, or lists its sizes: `play --sizes SCRIPT`,
 * `play SCRIPT ROWSxCOLS`. Where `save-screen` stands it writes NAME.svg into the folder
 * $PLAY_PICTURES, NAME.ROWSxCOLS.txt into $PLAY_SCREENS, and all that the program has written to the
 * terminal by then, NAME.raw, into $PLAY_RAW, if these are set.
 * tests/test_scripts.sh plays all of them, `make pictures` those of docs/pictures.
 */
#include "test.h"

#include <locale.h>

#include "keyscript.h"
#include "svg.h"

static void write_file(const char *folder, const char *name, const char *end, const struct buf *content)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", folder, name, end);
	f = fopen(path, "w");
	if (!f || fwrite(content->data, 1, content->len, f) != content->len || fclose(f) != 0)
		fail_msg("cannot write %s", path);
}

/* "first-screen Title of the picture" */
static void save(void *arg, const char *words, struct stage *s)
{
	const char *pictures = getenv("PLAY_PICTURES"), *screens = getenv("PLAY_SCREENS");
	const char *raw = getenv("PLAY_RAW"), *written;
	size_t len = strcspn(words, " "), n;
	char name[128], end[64];
	int rows, cols;
	struct buf out;

	(void)arg;
	pty_size(s->pty, &rows, &cols);
	snprintf(name, sizeof(name), "%.*s", (int)len, words);
	buf_init(&out, BUF_MAX);
	if (screens) {
		snprintf(end, sizeof(end), ".%dx%d.txt", rows, cols);
		pty_screen(s->pty, &out);
		write_file(screens, name, end, &out);
	}
	buf_clear(&out);
	if (raw) {
		written = pty_raw(s->pty, &n);
		buf_add(&out, written, n);
		write_file(raw, name, ".raw", &out);
		buf_clear(&out);
	}
	if (pictures) {
		svg_write(s->pty, words + len + strspn(words + len, " "), &out);
		write_file(pictures, name, ".svg", &out);
	}
	buf_done(&out);
}

static int list_sizes(const char *path)
{
	struct keyscript *script = keyscript_read(path);
	int rows, cols, i;

	for (i = 0; keyscript_size(script, i, &rows, &cols); i++)
		printf("%dx%d\n", rows, cols);
	keyscript_free(script);
	return 0;
}

int main(int argc, char **argv)
{
	struct keyscript *script;
	struct buf complaint;
	int rows, cols;
	bool ok;

	setlocale(LC_ALL, "");
	if (argc == 3 && strcmp(argv[1], "--sizes") == 0)
		return list_sizes(argv[2]);
	if (argc != 3 || sscanf(argv[2], "%dx%d", &rows, &cols) != 2) {
		fputs("usage: play SCRIPT ROWSxCOLS | play --sizes SCRIPT\n", stderr);
		return 2;
	}
	script = keyscript_read(argv[1]);
	buf_init(&complaint, BUF_MAX);
	ok = keyscript_play(script, rows, cols, save, NULL, &complaint);
	if (!ok)
		fputs(complaint.data, stdout);
	buf_done(&complaint);
	keyscript_free(script);
	return ok ? 0 : 1;
}
