/* SPDX-License-Identifier: MIT */
#include "abi/stubs.h"

void say_hello(void)
{
	char text[] = "hello\n";

	hypercall_console_io(CONSOLEIO_write, sizeof(text) - 1, text);
}
