/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of xl.cfg(5) that are known here without being served, and the search for a misspelt one. */
#ifndef TOOLS_CONF_KEYS_H
#define TOOLS_CONF_KEYS_H

enum key_class {
	KEY_UNKNOWN,
	KEY_NO_PV_MEANING, /* speaks of a fully virtualized guest: no effect, as with xl */
	KEY_HINT,          /* tunes something; leaving it out changes no result: warn */
	KEY_LATER,         /* the guest would not be what was asked for: refuse */
};

enum key_class key_classify(const char *key);

/* The known key nearest in spelling among these and the served ones; NULL if none is near. */
const char *key_nearest(const char *key, const char *const *served);

#endif
