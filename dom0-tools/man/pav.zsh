#compdef pav
# SPDX-License-Identifier: GPL-2.0-or-later
#
# zsh completion for pav: verbs, options and guests are asked of the program itself.

_pav_verbs() {
	local -a verbs
	verbs=(${(f)"$(pav help 2>/dev/null | sed -n 's/^  \([a-z-]*\)  *\(.*\)/\1:\2/p')"})
	_describe verb verbs
}

_pav_guests() {
	local -a guests
	guests=(${(f)"$(pav list 2>/dev/null | awk 'NR > 1 { print $1 }')"})
	compadd -a guests
}

# Addresses have colons, which compadd takes as they are.
_pav_words() {
	compadd -- $@
}

_pav_pools() {
	local -a pools
	pools=(${(f)"$(pav cpupool-list 2>/dev/null | awk 'NR > 1 { print $1 }')"})
	compadd -a pools
}

# Each line of the help that begins with an option: "-x, --name=ARGUMENT  what it does".
_pav_options() {
	local -a options
	options=(${(f)"$(pav $1 --help 2>/dev/null |
		sed -n 's/^ *\(-[a-zA-Z], *\)\{0,1\}\(--[a-z-]*\)[^ ]* *\(.*\)/\2:\3/p')"})
	_describe -o option options
}

# Names of rows or columns, several with commas between.
_pav_bench_names() {
	local -a names
	names=(${(f)"$(pav bench --list 2>/dev/null | awk -v kind=$1 'index($1, kind) == 1 { print $2 }')"})
	_values -s , $1 $names
}

_pav_bench() {
	_arguments \
		'--rows=[measure these rows alone]:rows:_pav_bench_names row' \
		'--columns=[measure these columns alone]:columns:_pav_bench_names col' \
		'--'{json,html,from,compare,kernel}'=:file:_files' \
		'*:option:_pav_options bench'
}

_pav() {
	local verb=$words[2]

	if (( CURRENT == 2 )); then
		_pav_verbs
	elif [[ $verb == bench ]]; then
		words=($words[2,-1])
		(( CURRENT-- ))
		_pav_bench
	elif [[ $PREFIX == -* ]]; then
		_pav_options $verb
	else
		case $verb in
		check | create | restore) _files ;;
		save | dump-core) if (( CURRENT > 3 )) && [[ $words[CURRENT-1] != -* ]]; then _files; else _pav_guests; fi ;;
		boot-config) if (( CURRENT == 3 )); then compadd write check adopt; else _files; fi ;;
		cpupool-create) _alternative 'files:file:_files' 'keys:key:(name= cpus=)' ;;
		cpupool-migrate) if (( CURRENT == 3 )); then _pav_guests; else _pav_pools; fi ;;
		cpupool-*) _pav_pools ;;
		pci-assignable-add) _pav_words /sys/bus/pci/devices/*(N:t) ;;
		pci-assignable-*) _pav_words $(pav pci-assignable-list 2>/dev/null) ;;
		pci-attach) if (( CURRENT == 3 )); then _pav_guests; else _pav_words $(pav pci-assignable-list 2>/dev/null); fi ;;
		pci-detach)
			if (( CURRENT == 3 )) || [[ $words[CURRENT-1] == -* ]]; then
				_pav_guests
			else
				_pav_words $(pav pci-list $words[CURRENT-1] 2>/dev/null | awk 'NR > 1 { print $2 }')
			fi
			;;
		help) _pav_verbs ;;
		*) _pav_guests ;;
		esac
	fi
}

_pav "$@"
