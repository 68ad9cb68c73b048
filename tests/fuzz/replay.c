/* SPDX-License-Identifier: MIT */
/*
 * Runs a corpus through a fuzz entry without a fuzzer, as a test that prints TAP: what
 * once was found stays found. Linked with tests/fuzz/fuzz_NAME.c into a program of
 * that name; without arguments it takes tests/fuzz/corpus/NAME, else the files and
 * folders given. An entry says "no" by abort(), which ends the test before its plan is
 * full. Each input is copied to a block of exactly its size, so that a sanitizer or
 * valgrind sees a read past its end.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct paths {
	char **names;
	size_t n;
};

static void paths_add(struct paths *paths, const char *name)
{
	paths->names = realloc(paths->names, (paths->n + 1) * sizeof(*paths->names));
	if (!paths->names || !(paths->names[paths->n] = strdup(name)))
		abort();
	paths->n++;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void paths_add_folder(struct paths *paths, const char *folder)
{
	DIR *dir = opendir(folder);
	char path[PATH_MAX];
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		paths_add(paths, path);
	}
	if (dir)
		closedir(dir);
}

static void paths_add_any(struct paths *paths, const char *name)
{
	struct stat st;

	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		paths_add_folder(paths, name);
	else
		paths_add(paths, name);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void paths_add_corpus(struct paths *paths, const char *program)
{
	const char *top = getenv("top_srcdir"), *name = base_name(program);
	char path[PATH_MAX];

	if (strncmp(name, "lt-", 3) == 0)
		name += 3;
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top ? top : ".", name);
	paths_add_folder(paths, path);
	if (paths->n == 0)
		printf("# no inputs in %s\n", path);
}

static uint8_t *read_whole(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data;

	if (!f || fstat(fileno(f), &st) != 0)
		return f ? (fclose(f), NULL) : NULL;
	*size = (size_t)st.st_size;
	data = malloc(*size ? *size : 1);
	if (data && fread(data, 1, *size, f) != *size) {
		free(data);
		data = NULL;
	}
	fclose(f);
	return data;
}

static bool replay(size_t number, const char *path)
{
	size_t size = 0;
	uint8_t *data = read_whole(path, &size);

	if (!data) {
		printf("not ok %zu - %s: %s\n", number, base_name(path), strerror(errno));
		return false;
	}
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %zu - %s\n", number, base_name(path));
	return true;
}

int main(int argc, char **argv)
{
	struct paths paths = {0};
	bool good;
	size_t i;

	for (i = 1; i < (size_t)argc; i++)
		paths_add_any(&paths, argv[i]);
	if (argc < 2)
		paths_add_corpus(&paths, argv[0]);
	qsort(paths.names, paths.n, sizeof(*paths.names), by_name);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", paths.n ? paths.n : 1);
	good = paths.n > 0;
	if (!good)
		printf("not ok 1 - the corpus has inputs\n");
	for (i = 0; i < paths.n; i++) {
		good = replay(i + 1, paths.names[i]) && good;
		free(paths.names[i]);
	}
	free(paths.names);
	return good ? 0 : 1;
}
