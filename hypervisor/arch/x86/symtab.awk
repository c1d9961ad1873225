# SPDX-License-Identifier: GPL-2.0-or-later
#
# From `nm -n` of a first link to the table that arch_symbol() searches: sorted offsets of
# functions from the image's start, then their names.
BEGIN { n = 0 }
/^[0-9a-f]+ [tT] / && $3 !~ /^\./ { addr[n] = $1; name[n++] = $3 }

END {
	print "\t.section .symtab_names, \"a\", @progbits"
	print "\t.balign 4\n\t.globl symtab_count\nsymtab_count:\n\t.long " (n + 0)
	print "\t.globl symtab_offsets\nsymtab_offsets:"
	for (i = 0; i < n; i++)
		print "\t.long 0x" substr(addr[i], 9)
	print "\t.globl symtab_text\nsymtab_text:"
	for (i = 0; i < n; i++)
		print "\t.asciz \"" name[i] "\""
	print "\t.section .note.GNU-stack, \"\", @progbits"
}
