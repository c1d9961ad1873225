// SPDX-License-Identifier: GPL-2.0-or-later
#include <curses.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/top.h"

enum { FIRST = 3, FOOT = 1, LINE = 200 };

#define KEYS "c m d n v a i: order   r: reverse   arrows, pages: scroll   space: now   q: quit"

struct screen {
	struct top_look before, now;
	enum top_order order;
	bool reverse;
	int top; /* row that is shown first */
};

static int room(void)
{
	return LINES > FIRST + FOOT ? LINES - FIRST - FOOT : 0;
}

static void scroll_to(struct screen *s, int top)
{
	int last = s->now.n - room();

	s->top = top > last ? last : top;
	if (s->top < 0)
		s->top = 0;
}

static void show_row(int y, const struct top_row *r)
{
	char a[16], b[16], x[16], z[16], mem[16], line[LINE];

	snprintf(line, sizeof(line), "%-20.20s %5d %c %8.1f %10.1f %7s %6.1f %5u %7s %7s %7s %7s",
		 r->name, r->domid, r->state, r->cpu_percent, r->cpu_seconds,
		 top_bytes((double)r->memory_kib * 1024, mem), r->memory_percent, r->vcpus,
		 top_bytes(r->read, a), top_bytes(r->written, b), top_bytes(r->received, x),
		 top_bytes(r->sent, z));
	mvaddnstr(y, 0, line, COLS);
}

static void draw(struct screen *s, const struct top_row *rows)
{
	char line[LINE];
	int i;

	scroll_to(s, s->top);
	erase();
	top_heading(line, sizeof(line), &s->now);
	mvaddnstr(0, 0, line, COLS);
	snprintf(line, sizeof(line), "by %s%s, rows %d to %d of %d", top_order_name(s->order),
		 s->reverse ? ", reversed" : "", s->top + 1,
		 s->top + room() < s->now.n ? s->top + room() : s->now.n, s->now.n);
	mvaddnstr(1, 0, line, COLS);
	snprintf(line, sizeof(line), "%-20s %5s %c %8s %10s %7s %6s %5s %7s %7s %7s %7s", "NAME",
		 "ID", 'S', "CPU(%)", "CPU(s)", "MEM", "MEM(%)", "VCPUS", "READ/s", "WRITE/s",
		 "RECV/s", "SENT/s");
	attron(A_REVERSE);
	mvaddnstr(2, 0, line, COLS);
	attroff(A_REVERSE);
	for (i = 0; i < room() && s->top + i < s->now.n; i++)
		show_row(FIRST + i, &rows[s->top + i]);
	if (LINES > FIRST)
		mvaddnstr(LINES - 1, 0, KEYS, COLS);
	refresh();
}

/* Do what a key asks; true: it changed nothing that a look costs. */
static bool press(struct screen *s, int key)
{
	static const char keys[] = "cmdnvai";
	const char *at = key > 0 && key < 128 ? strchr(keys, key) : NULL;

	if (at) {
		s->reverse = false;
		s->order = (enum top_order)(at - keys);
		s->top = 0;
		return true;
	}
	switch (key) {
	case 'r':
		s->reverse = !s->reverse;
		return true;
	case KEY_UP:
	case 'k':
		scroll_to(s, s->top - 1);
		return true;
	case KEY_DOWN:
	case 'j':
		scroll_to(s, s->top + 1);
		return true;
	case KEY_PPAGE:
		scroll_to(s, s->top - room());
		return true;
	case KEY_NPAGE:
		scroll_to(s, s->top + room());
		return true;
	case KEY_HOME:
		scroll_to(s, 0);
		return true;
	case KEY_END:
		scroll_to(s, s->now.n);
		return true;
	}
	return key != ' ';
}

static int redraw(struct cli *c, struct screen *s)
{
	struct top_row *rows = top_rows(c, &s->before, &s->now, s->order, s->reverse);

	if (!rows)
		return diag_set(&c->d, -ENOMEM, "out of memory");
	draw(s, rows);
	free(rows);
	return 0;
}

/* Keys until it is time for the next look. 1: the user leaves. */
static int wait(struct cli *c, struct screen *s, unsigned delay)
{
	uint64_t end = s->now.at + delay * 1000000000ull, now;
	int key, rc;

	while ((now = host_now()) < end) {
		timeout((int)((end - now) / 1000000) + 1);
		key = getch();
		if (key == 'q' || key == 3)
			return 1;
		if (key == ERR)
			continue;
		if (!press(s, key))
			break;
		rc = redraw(c, s);
		if (rc)
			return rc;
	}
	return 0;
}

int top_screen(struct cli *c, unsigned delay, unsigned rounds, enum top_order order)
{
	struct screen s = {.order = order};
	unsigned done = 0;
	SCREEN *terminal = newterm(NULL, stdout, stdin);
	int rc;

	if (!terminal) {
		diag_set(&c->d, -ENOTTY, "top: terminal '%s' cannot be used",
			 getenv("TERM") ? getenv("TERM") : "");
		return diag_hint(&c->d, -ENOTTY,
				 "set TERM to what the terminal is, or: pav top --batch");
	}
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	for (;;) {
		rc = top_look(c, &s.now);
		if (!rc)
			rc = redraw(c, &s);
		if (rc || ++done == rounds)
			break;
		rc = wait(c, &s, delay);
		if (rc)
			break;
		top_release(&s.before);
		s.before = s.now;
		s.now = (struct top_look){0};
	}
	endwin();
	delscreen(terminal);
	top_release(&s.before);
	top_release(&s.now);
	return rc < 0 ? rc : 0;
}
