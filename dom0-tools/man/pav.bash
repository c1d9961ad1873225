# SPDX-License-Identifier: GPL-2.0-or-later
#
# bash completion for pav: verbs, options and guests are asked of the program itself.

_pav()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]}

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(pav help 2>/dev/null | sed -n 's/^  \([a-z-]*\) .*/\1/p')" -- "$cur")
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(pav "$verb" --help 2>/dev/null | grep -oE -- '--[a-z-]+')" -- "$cur")
		return
	fi
	case $verb in
	create)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
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
