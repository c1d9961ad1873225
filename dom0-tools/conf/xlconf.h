/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's configuration as saved images carry it: JSON with the members that xl writes and reads.
 * Ours adds one member of its own, which xl leaves alone, so that nothing is lost between us. Pure.
 */
#ifndef TOOLS_CONF_XLCONF_H
#define TOOLS_CONF_XLCONF_H

#include "conf/domconf.h"

/* NULL: out of memory. */
json_t *xlconf_from_domconf(const struct domconf *c);

/* Fill *out (all zero before). 0, -EINVAL, -EOPNOTSUPP, -ENOMEM with d. domconf_free either way. */
int xlconf_to_domconf(const json_t *j, struct domconf *out, struct diag *d);

#endif
