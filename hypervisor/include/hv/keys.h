/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys: one letter, one dump to the console (`pav debug-keys`, sysctl debug_keys). */
#ifndef HV_KEYS_H
#define HV_KEYS_H

/* Unknown letters are named on the console. Task context. */
void keys_handle(char key);

#endif
