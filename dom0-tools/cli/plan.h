/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `pav create` would make, in words or as JSON. */
#ifndef TOOLS_CLI_PLAN_H
#define TOOLS_CLI_PLAN_H

#include <stdbool.h>

#include "conf/domconf.h"
#include "life/create.h"

void plan_print(const struct domconf *conf, const struct create_facts *facts, bool as_json);

#endif
