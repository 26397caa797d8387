#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The command that README gives for a push, done as it stands there, against a registry on
# loopback: all of a multi-arch image arrives, and comes back with its digests.
. tests/lib.sh
. tests/lib/kimage/fake.sh

if ! command -v docker-registry >/dev/null || ! command -v skopeo >/dev/null; then
	skip 'a push, as README has it' 'DOCKER-REGISTRY OR SKOPEO IS NOT INSTALLED'
	finish
fi
registry=
trap '[ -z "$registry" ] || kill "$registry" 2>/dev/null; rm -rf "$T"' EXIT
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

# serve PORT: a registry there, for two minutes at most; it must answer within ten seconds
serve() {
	cat >"$T/registry.yml" <<-E2
		version: 0.1
		log: {level: error, accesslog: {disabled: true}}
		storage: {filesystem: {rootdirectory: $T/registry}}
		http: {addr: 127.0.0.1:$1}
	E2
	timeout 120 docker-registry serve "$T/registry.yml" >"$T/registry.log" 2>&1 &
	registry=$!
	_tries=0
	while [ $_tries -lt 100 ] && kill -0 $registry 2>/dev/null; do
		curl -sf "http://127.0.0.1:$1/v2/" >/dev/null && return
		_tries=$((_tries + 1))
		sleep 0.1
	done
	kill $registry 2>/dev/null
	registry=
	return 1
}
port=
for try in 1 2 3 4 5; do
	p=$(($$ * 7 % 20000 + 20000 + try * 131))
	serve $p && port=$p && break
done
if [ -z "$port" ]; then
	not_ok 'a registry starts'
	diag <"$T/registry.log"
	finish
fi

# skopeo's own settings are those of a home that trusts this registry without TLS.
HOME=$T/home
export HOME
mkdir -p "$HOME/.config/containers"
echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$HOME/.config/containers/policy.json"
printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' "$port" \
	>"$HOME/.config/containers/registries.conf"
name=127.0.0.1:$port/keelson/kernel:$R

for arch in x86_64 arm64; do
	inputs "$T/in.$arch" $arch
	pack "$T/in.$arch" "$T/$arch" >/dev/null || exit 2
done
mkdir "$T/out"
"$BIN/kimage" join --layout "$T/out/image" --ref "$name" "$T/x86_64" "$T/arm64" >/dev/null || exit 2

# ---- push --------------------------------------------------------------------------
# shellcheck disable=SC2016 # backquotes are to be found
command=$(tr '\n' ' ' <README.md | grep -o '`skopeo copy [^`]*docker://NAME`' | tr -d '`')
is "$(echo "$command" | wc -l)${command:+ found}" '1 found' 'README has one command to push with'
pushes=$(echo "$command" | sed "s|NAME|$name|g")
check "$pushes" sh -c "cd '$T' && $pushes"
index=$("$T/oci" get "$T/out/image" top/manifests/0/digest | tr -d '"')
curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json' \
	"http://127.0.0.1:$port/v2/keelson/kernel/manifests/$R" >"$T/index"
is "sha256:$(sha256sum <"$T/index" | cut -d ' ' -f 1)" "$index" 'the registry has the index, to the byte'

# ---- pull ---------------------------------------------------------------------------
check 'it is pulled' skopeo copy --all "docker://$name" "oci:$T/copy:$R"
is "$(ls "$T/copy/blobs/sha256")" "$(ls "$T/out/image/blobs/sha256")" 'with the same digests, and all of them'
check 'the image is the same, names or none' "$BIN/kimage" verify "$T/copy"
check 'the names are given back' "$BIN/kimage" name "$T/copy" "$name"
check 'and are complete' "$BIN/kimage" verify --name "$name" "$T/copy"
check 'for each architecture' "$BIN/kimage" extract "$T/copy" --to "$T/x" --platform linux/arm64
"$BIN/kimage" verify "$T/copy" >/dev/null 2>"$T/err"
is "$(cat "$T/err")" '' 'without a note'
finish
