# SPDX-License-Identifier: GPL-2.0-or-later
#
# bash completion for pav: verbs, options and guests are asked of the program itself.

# Arguments of the options of `pav bench`; status 1 where an option is expected.
_pav_bench()
{
	local option=${COMP_WORDS[COMP_CWORD-1]} word=${cur##*,}

	# A word that begins with -- is split at its =.
	[ "$cur" != = ] || cur= word=
	[ "$option" != = ] || option=${COMP_WORDS[COMP_CWORD-2]}
	case $option in
	--rows | --columns)
		mapfile -t COMPREPLY < <(compgen -P "${cur%"$word"}" -W "$(pav bench --list 2>/dev/null |
			awk -v kind="${option:2:3}" 'index($1, kind) == 1 { print $2 }')" -- "$word")
		;;
	--json | --html | --from | --compare | --kernel)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	*)
		return 1
		;;
	esac
}

_pav()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]}

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(pav help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')" -- "$cur")
		return
	fi
	if [ "$verb" = bench ] && _pav_bench; then
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(pav "$verb" --help 2>/dev/null | grep -oE -- '--[a-z-]+')" -- "$cur")
		return
	fi
	case $verb in
	check | create | restore)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	save | dump-core)
		if [ "$COMP_CWORD" -gt 2 ] && [[ ${COMP_WORDS[COMP_CWORD - 1]} != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
			return
		fi
		mapfile -t COMPREPLY < <(compgen -W "$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
		;;
	migrate)
		if [ "$COMP_CWORD" -gt 2 ] && [[ ${COMP_WORDS[COMP_CWORD - 1]} != -* ]]; then
			mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
			return
		fi
		mapfile -t COMPREPLY < <(compgen -W "$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
		;;
	boot-config)
		if [ "$COMP_CWORD" -eq 2 ]; then
			mapfile -t COMPREPLY < <(compgen -W "write check adopt" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		;;
	cpupool-create)
		mapfile -t COMPREPLY < <(compgen -f -W "name= cpus=" -- "$cur")
		;;
	cpupool-*)
		if [ "$verb" = cpupool-migrate ] && [ "$COMP_CWORD" -eq 2 ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
			return
		fi
		mapfile -t COMPREPLY < <(compgen -W "$(pav cpupool-list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
		;;
	pci-assignable-add)
		mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/bus/pci/devices 2>/dev/null)" -- "$cur")
		;;
	pci-assignable-*)
		mapfile -t COMPREPLY < <(compgen -W "$(pav pci-assignable-list 2>/dev/null)" -- "$cur")
		;;
	pci-attach | pci-detach)
		if [ "$COMP_CWORD" -eq 2 ] || [[ ${COMP_WORDS[COMP_CWORD - 1]} == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
		elif [ "$verb" = pci-attach ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(pav pci-assignable-list 2>/dev/null)" -- "$cur")
		else
			mapfile -t COMPREPLY < <(compgen -W "$(pav pci-list "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null |
				awk 'NR > 1 { print $2 }')" -- "$cur")
		fi
		;;
	help)
		mapfile -t COMPREPLY < <(compgen -W "$(pav help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$cur")
		;;
	esac
}
complete -F _pav pav
