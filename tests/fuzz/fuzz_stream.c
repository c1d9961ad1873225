// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a saved image: with the file around it when they begin so, or the domain alone. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stream/file.h"
#include "stream/restore.h"
#include "vm_sim.h"

enum { FRAMES = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct restore_plan plan = {.max_pages = 1 << 16};
	struct wire w = {.fd = memfd_create("image", 0), .name = "image"};
	struct vm *vm = sim_new(0x5000, FRAMES);
	struct restore_result res;
	struct diag d = DIAG_INIT;
	char *json = NULL;
	int rc = 0;

	if (write(w.fd, data, size) != (ssize_t)size)
		abort();
	lseek(w.fd, 0, SEEK_SET);
	if (size && data[0] == 'X')
		rc = file_open(&w, &json, &d);
	if (!rc)
		rc = stream_restore(vm, &w, &plan, &res, &d);
	if (rc && !d.text[0])
		abort();
	free(json);
	close(w.fd);
	sim_free(vm);
	return 0;
}
