#!/bin/sh
# SPDX-License-Identifier: MIT
# package.sh DIR: the Debian packages in DIR (of `make deb`) as a user meets them: in a clean
# root of this distribution they are installed with apt, run, and purged. Prints TAP. Needs
# root, debootstrap and a mirror; says which of them is missing and skips. Part of `make full`.
set -u
debs=${1:-deb}
top=${top_srcdir:-.}
n=0 failed=0
base='' root=''

skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

finish() {
	[ -z "$root" ] || umount "$root/proc" 2>/dev/null
	[ -z "$base" ] || rm -rf --one-file-system "$base"
}

check() { # name, status; what went wrong is in $base/out
	n=$((n + 1))
	if [ "$2" = 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		failed=$((failed + 1))
		tail -n 30 "$base/out" | sed 's/^/# /'
	fi
}

# ---- the clean root ----

# Where this system gets its packages from; a proxy for apt is for it, too.
mirror() {
	# shellcheck disable=SC2016 # for apt
	apt-get indextargets --format '$(SITE) $(CODENAME)' 'Created-By: Packages' 2>/dev/null |
		awk -v suite="$1" '$2 == suite { print $1; exit }'
}

make_root() {
	# shellcheck disable=SC1091 # of the system
	. /etc/os-release
	suite=${VERSION_CODENAME:?}
	components=main
	[ "$ID" != ubuntu ] || components=main,universe
	from=$(mirror "$suite")
	[ -n "$from" ] || skip "apt knows no mirror of $suite: run apt-get update"
	base=$(mktemp -d "${TMPDIR:-/var/tmp}/pipetop-package-XXXXXX") || exit 1
	chmod 755 "$base"
	trap finish EXIT
	trap 'exit 1' HUP INT TERM
	debootstrap --variant=minbase --components="$components" "$suite" "$base/root" "$from" >"$base/out" 2>&1 || {
		grep -qE 'Failed getting release file|Unable to|Couldn.t download' "$base/out" &&
			skip "debootstrap cannot reach $from"
		check "debootstrap makes a root of $suite" 1
		exit 1
	}
	root=$base/root
	mount -t proc proc "$root/proc" 2>/dev/null || echo '# /proc could not be mounted: going on without'
	mkdir "$root/packages" && mkdir -m 777 "$root/tmp/home" &&
		cp "$debs/pipetop_$version"_*.deb "$root/packages/pipetop.deb" &&
		cp "$debs/pipetop-sim_$version"_*.deb "$root/packages/pipetop-sim.deb" &&
		inside apt-get update -qq
}

# A command in it, as root: nothing of our environment goes in.
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@" >"$base/out" 2>&1
}

# The same as an ordinary user, who has a home of his own.
as_user() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp/home LC_ALL=C.UTF-8 TERM=xterm \
		chroot --userspec=65534:65534 "$root" "$@" >"$base/out" 2>&1
}

installed() {
	# shellcheck disable=SC2016 # for dpkg
	inside dpkg-query -W -f '${db:Status-Status}\n' "$1" && grep -qx installed "$base/out"
}

# ---- what is looked at ----

has_files_of() { # package: all that packaging/files.list has for it
	sed -n "s|^$1 ||p" "$top/packaging/files.list" >"$base/list"
	: >"$base/out"
	while read -r path; do
		path=$(echo "$path" | sed 's|share/zsh/site-functions|share/zsh/vendor-completions|')
		[ -f "$root/$path" ] || [ -f "$root/$path.gz" ] || echo "$path is missing" >>"$base/out"
	done <"$base/list"
	[ -s "$base/list" ] && [ ! -s "$base/out" ]
}

has_only_files_of() { # package: and nothing else but what Debian's tools add
	sed -n "s|^$1 |/|p" "$top/packaging/files.list" |
		sed 's|share/zsh/site-functions|share/zsh/vendor-completions|' >"$base/list"
	inside dpkg -L "$1" || return 1
	while read -r path; do
		[ -f "$root$path" ] || continue
		case $path in /usr/share/doc/"$1"/copyright | /usr/share/doc/"$1"/changelog.gz) continue ;; esac
		grep -qxF "$path" "$base/list" || grep -qxF "${path%.gz}" "$base/list" || echo "$path is too much"
	done <"$base/out" >"$base/more"
	mv "$base/more" "$base/out"
	[ ! -s "$base/out" ]
}

says() { # text: it is in what the last command wrote
	grep -qF -- "$1" "$base/out"
}

alone() {
	inside apt-get install -y -qq --no-install-recommends /packages/pipetop.deb
	check 'apt installs pipetop alone' $?
	! installed pipetop-sim
	check 'pipetop-sim does not come with it' $?
	as_user pipetop --version && says "pipetop $version"
	check 'pipetop says its version' $?
	as_user pipetop --demo pipelines
	[ $? = 2 ] && says pipetop-sim && says 'could not be started'
	check '--demo says in a sentence that pipetop-sim is needed' $?
	# A theme that is not there is a mistake of the configuration, and said before anything else.
	echo 'theme = "light"; endpoint = "http://127.0.0.1:9"; projects = ["0123456789abcdef0123456789abcdef"];' \
		>"$root/tmp/home/light.conf"
	as_user env PIPETOP_TOKEN=x pipetop --config /tmp/home/light.conf --timeout 0 pipelines
	! says theme && says 127.0.0.1:9
	check 'it finds its themes' $?
	has_files_of pipetop
	check 'programs, themes, man pages, completions and documents are in place' $?
	has_only_files_of pipetop
	check 'there is nothing else in it' $?
	inside bash -n /usr/share/bash-completion/completions/pipetop
	check "bash reads its completion" $?
}

both() {
	inside apt-get purge -y -qq pipetop
	check 'apt purges pipetop' $?
	inside apt-get install -y -qq /packages/pipetop.deb /packages/pipetop-sim.deb
	check 'apt installs pipetop-sim and what is recommended' $?
	installed ca-certificates
	check 'ca-certificates comes with it' $?
	has_files_of pipetop-sim
	check 'the simulator, its scenarios and its man page are in place' $?
	has_only_files_of pipetop-sim
	check 'there is nothing else in it' $?
	as_user pipetop --demo pipelines && says checkout-api
	check 'pipetop --demo pipelines lists the pipelines of the demo' $?
	for scenario in "$root"/usr/share/pipetop/scenarios/*.conf; do
		scenario=$(basename "$scenario" .conf)
		as_user pipetop --demo="$scenario" pipelines --limit 1
		check "the scenario $scenario is found and runs" $?
	done
	# shellcheck disable=SC2016 # for the inner shell
	as_user sh -c 'mkfifo /tmp/home/said && exec 3<>/tmp/home/said && { pipetop-sim --port 0 >&3 & } &&
		read -r _ _ PIPETOP_ENDPOINT <&3 && read -r _ projects <&3 && export PIPETOP_ENDPOINT &&
		PIPETOP_TOKEN=x pipetop pipelines --project "$projects"; status=$?; kill $!; exit $status' && says checkout-api
	check 'pipetop lists the pipelines of a pipetop-sim that was started by hand' $?
}

gone() {
	inside dpkg -L pipetop pipetop-sim
	grep pipetop "$base/out" | sort -u >"$base/list"
	inside apt-get purge -y -qq pipetop pipetop-sim
	check 'apt purges both' $?
	: >"$base/out"
	while read -r path; do
		[ ! -e "$root$path" ] || echo "$path is still there" >>"$base/out"
	done <"$base/list"
	find "$root" -xdev \( -path "$root/tmp/home" -o -path "$root/packages" -o -path "$root/var/log" -o -path "$root/var/cache/apt" \) \
		-prune -o -name '*pipetop*' -print >>"$base/out"
	[ -s "$base/list" ] && [ ! -s "$base/out" ]
	check 'nothing of them is left' $?
	! inside dpkg-query -W 'pipetop*'
	check 'dpkg knows them no more' $?
}

version=$(sed -n 's/^AC_INIT(\[pipetop\], \[\([^]]*\)\].*/\1/p' "$top/configure.ac")
[ "$(id -u)" = 0 ] || skip 'a clean root can only be made by root'
command -v debootstrap >/dev/null 2>&1 || skip 'debootstrap is not installed: ./bootstrap full installs it'
[ -e "$debs/pipetop_${version}_$(dpkg --print-architecture).deb" ] || {
	echo "package.sh: there is no pipetop $version in $debs: run make deb" >&2
	exit 2
}
make_root
check 'a clean root is there' $?
alone
both
gone
echo "1..$n"
[ $failed = 0 ]
