/* SPDX-License-Identifier: MIT */
/*
 * The least that a program on ncurses and libcurl can be: one line on the screen. With an
 * argument libcurl is initialised and has a multi handle, after the frame. Then it sleeps
 * until it is killed, so that it can be looked at.
 */
#include <curl/curl.h>
#include <curses.h>
#include <locale.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	initscr();
	cbreak();
	noecho();
	mvaddstr(0, 0, "nothing");
	refresh();
	if (argc > 1 && (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !curl_multi_init()))
		return 1;
	for (;;)
		pause();
}
