#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The SBOM of an image: valid by SPDX's own schema, of the image, joined; and each fault is found.
# shellcheck disable=SC2016 # jq's $ are meant
. tests/lib.sh
. tests/lib/kimage/fake.sh

inputs "$T/in"
pack "$T/in" "$T/image" >/dev/null || exit 2
# statement LAYOUT: the path of the blob with the SBOM
statement() {
	_a=$("$T/oci" get "$1" index/manifests/1/digest | tr -d '"')
	echo "$1/blobs/sha256/$(jq -r '.layers[0].digest' "$1/blobs/sha256/${_a#sha256:}" | sed 's/.*://')"
}
jq .predicate "$(statement "$T/image")" >"$T/spdx"
manifest=$("$T/oci" get "$T/image" index/manifests/0/digest | tr -d '"')
is "$("$T/oci" get "$T/image" index/manifests/1 | jq -c '[.platform, .annotations]')" \
	"[{\"architecture\":\"unknown\",\"os\":\"unknown\"},{\"vnd.docker.reference.digest\":\"$manifest\",\"vnd.docker.reference.type\":\"attestation-manifest\"}]" \
	'the index has an attestation as BuildKit writes it'
is "$(jq -c '[._type, .predicateType, .subject]' "$(statement "$T/image")")" \
	"[\"https://in-toto.io/Statement/v0.1\",\"https://spdx.dev/Document\",[{\"digest\":{\"sha256\":\"${manifest#sha256:}\"},\"name\":\"$REF\"}]]" 'a statement about the image'
if command -v jsonschema >/dev/null; then
	check "SPDX's schema accepts the SBOM" jsonschema -i "$T/spdx" tests/lib/data/spdx/spdx-2.3.schema.json
	jq 'del(.packages[0].name)' "$T/spdx" >"$T/nameless"
	refuses 1 'name' 'which refuses another' jsonschema -i "$T/nameless" tests/lib/data/spdx/spdx-2.3.schema.json
else
	skip "SPDX's schema accepts the SBOM" 'NO JSONSCHEMA'
fi
is "$(jq -r '.packages[0].externalRefs[].referenceLocator' "$T/spdx")" "pkg:generic/linux@6.99.1
cpe:2.3:o:linux:linux_kernel:6.99.1:*:*:*:*:*:*:*" 'the kernel has the names by which scanners look for it'
is "$(jq -r '.packages[] | select(.packageFileName // "" | endswith(".ko")) | .name + " " + .checksums[0].checksumValue' "$T/spdx")" \
	"$(cd "$T/in/modules/lib/modules/$R/kernel/fs" && for m in a-b.ko a.ko a/b.ko; do
		b=${m##*/} && echo "${b%.ko} $(sha256sum <$m | cut -d ' ' -f 1)"
	done)" 'and each module its hash'
is "$(jq -r '[.packages[].SPDXID] | length - (unique | length)' "$T/spdx")" 0 'no identifier is given twice'
is "$(jq -r '.packages[] | select(.SPDXID == "SPDXRef-patch-1") | .name' "$T/spdx")" '0001-a patch.patch' 'patches are in it'
pack "$T/in" "$T/again" -j 2 >/dev/null
check 'the same image has the same SBOM' cmp "$(statement "$T/image")" "$(statement "$T/again")"
check 'skopeo copies it with the image' skopeo copy -q --all --preserve-digests "oci:$T/image:$REF" "oci:$T/copied:$REF"
check 'as it is' cmp "$(statement "$T/image")" "$T/copied/blobs/sha256/$(basename "$(statement "$T/image")")"
"$BIN/kimage" show "$T/image" >"$T/shown"
check 'kimage show names it' grep -q '^attestation https://spdx.dev/Document, [0-9]* bytes, sha256:' "$T/shown"
is "$("$BIN/kimage" show --json "$T/image" | jq -r '.images[0].attestations[0].digest')" "sha256:$(basename "$(statement "$T/image")")" 'also as JSON'

inputs "$T/in.s390x" s390x
pack "$T/in.s390x" "$T/s390x" >/dev/null
check 'join merges them' "$BIN/kimage" join --layout "$T/both" --ref "$REF" "$T/image" "$T/s390x"
is "$("$T/oci" get "$T/both" index/manifests | jq -r '[.[].platform.architecture] | join(" ")')" 'amd64 s390x unknown unknown' 'behind the images'
is "$("$BIN/kimage" show "$T/both" | grep -c '^attestation')" 2 'each image has its own'

# ---- faults ----------------------------------------------------------------------------
# attested RULES NAME JQ-EXPRESSION: a layout whose statement was changed, with all digests right
attested() {
	_want=0
	[ -z "$1" ] || _want=1
	rm -rf "$T/bad"
	cp -R "$T/image" "$T/bad"
	_old=$(statement "$T/bad")
	jq -cS "$3" "$_old" | tr -d '\n' >"$T/statement"
	attach "$T/statement"
	judge "$_want" "$1" "$2" "$BIN/kimage" verify "$T/bad"
}
# attach FILE: as the statement of $T/bad
attach() {
	_old=$(statement "$T/bad")
	_a=$("$T/oci" get "$T/bad" index/manifests/1/digest | tr -d '"')
	_h=$(sha256sum <"$1" | cut -d ' ' -f 1)
	cp "$1" "$T/bad/blobs/sha256/$_h"
	jq -cS --arg d "sha256:$_h" --argjson n "$(wc -c <"$1")" '.layers[0].digest = $d | .layers[0].size = $n' \
		"$T/bad/blobs/sha256/${_a#sha256:}" | tr -d '\n' >"$T/attestation"
	_h=$(sha256sum <"$T/attestation" | cut -d ' ' -f 1)
	cp "$T/attestation" "$T/bad/blobs/sha256/$_h"
	"$T/oci" edit "$T/bad" "index/manifests/1/digest=\"sha256:$_h\"" "index/manifests/1/size=$(wc -c <"$T/attestation")"
}
cp -R "$T/image" "$T/bad"
jq -cS . "$(statement "$T/bad")" | tr -d '\n' >"$T/statement"
attach "$T/statement"
judge 0 '' 'the unchanged statement is good' "$BIN/kimage" verify "$T/bad"
while IFS='|' read -r name change; do
	attested sbom "$name" "$change"
done <<'E2'
another version of SPDX|.predicate.spdxVersion = "SPDX-3.0"
no version|del(.predicate.spdxVersion)
another identifier of the document|.predicate.SPDXID = "DOCUMENT"
no name|del(.predicate.name)
no licence of the data|del(.predicate.dataLicense)
no namespace|del(.predicate.documentNamespace)
no creation|del(.predicate.creationInfo)
no creator|.predicate.creationInfo.creators = []
a creator of no kind|.predicate.creationInfo.creators += ["kimage"]
a creator that is a number|.predicate.creationInfo.creators += [1]
a time of another form|.predicate.creationInfo.created = "2023-11-14"
packages that are an object|.predicate.packages = {}
a package without a name|del(.predicate.packages[1].name)
a package without a location|del(.predicate.packages[1].downloadLocation)
a package that is a text|.predicate.packages += ["x"]
an identifier with a blank|.predicate.packages[1].SPDXID = "SPDXRef-a b"
an identifier twice|.predicate.packages[1].SPDXID = .predicate.packages[2].SPDXID
a checksum without a value|del(.predicate.packages[0].checksums[0].checksumValue)
half a checksum|.predicate.packages[1].checksums[0].checksumValue |= .[0:32]
a reference without a type|del(.predicate.packages[0].externalRefs[0].referenceType)
a relationship to nothing|.predicate.relationships += [{"spdxElementId": "SPDXRef-kernel", "relationshipType": "CONTAINS", "relatedSpdxElement": "SPDXRef-x"}]
a relationship of no kind|del(.predicate.relationships[0].relationshipType)
a file without a name|.predicate.files = [{"SPDXID": "SPDXRef-f"}]
no predicate|del(.predicate)
another kind of statement|.predicateType = "https://slsa.dev/provenance/v1"
no statement|._type = "x"
another subject|.subject[0].digest.sha256 |= (.[1:] + "0")
no subject|del(.subject)
another kernel|.predicate.packages[0].checksums[0].checksumValue |= (.[1:] + "0")
a module too few|(.predicate.packages |= map(select(.SPDXID != "SPDXRef-module-2"))) | (.predicate.relationships |= map(select(.relatedSpdxElement != "SPDXRef-module-2")))
E2
attested '' 'one by another tool may name other files' '.predicate.creationInfo.creators = ["Tool: other"] | .predicate.packages = [] | .predicate.relationships = []'
printf '{' >"$T/half"
rm -rf "$T/bad" && cp -R "$T/image" "$T/bad" && attach "$T/half"
judge 1 sbom 'half a statement' "$BIN/kimage" verify "$T/bad"
rm -rf "$T/bad" && cp -R "$T/image" "$T/bad"
printf x >>"$(statement "$T/bad")"
judge 1 blob 'a changed byte' "$BIN/kimage" verify "$T/bad"
refuses 1 '\[contract\]' 'join refuses an SBOM of another image' sh -c '
	rm -rf "$1/bad" && cp -R "$1/image" "$1/bad" && "$1/oci" edit "$1/bad" "index/manifests/1/annotations/vnd.docker.reference.digest=\"sha256:$(printf %064d 0)\"" &&
	"$2/kimage" join --layout "$1/joined" --ref "$3" "$1/bad"' sh "$T" "$BIN" "$REF"
finish
