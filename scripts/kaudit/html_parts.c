// SPDX-License-Identifier: GPL-2.0-only
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "clean.h"
#include "hash.h"
#include "html.h"

const char html_style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c1f23;--dim:#5b6470;--line:#d9dee4;"
	"--soft:#f4f6f8;--fail:#b3261e;--pass:#1a7340;--waived:#8a5a00;--unknown:#5a4fb0;"
	"--link:#0b57a4;--c:var(--line)}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#15181c;--fg:#e4e7eb;--dim:#9aa4b0;"
	"--line:#343b44;--soft:#1e2329;--fail:#ff8a80;--pass:#6fd39a;--waived:#f0bd62;"
	"--unknown:#b3a9ff;--link:#82b8f5}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0 auto;max-width:72rem;padding:1.5rem 1.25rem 4rem;background:var(--bg);"
	"color:var(--fg);font:15px/1.5 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;margin:0 0 .75rem;overflow-wrap:anywhere}\n"
	"h2{font-size:1.15rem;margin:2rem 0 .5rem;padding-bottom:.3rem;"
	"border-bottom:1px solid var(--line)}\n"
	"a{color:var(--link)}\n"
	"code{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere}\n"
	".verdict{margin:0 0 1rem;padding:.7rem 1rem;border-left:6px solid var(--c);"
	"background:var(--soft);font-size:1.1rem;font-weight:600}\n"
	".fail{--c:var(--fail)}.pass{--c:var(--pass)}.waived{--c:var(--waived)}"
	".unknown{--c:var(--unknown)}.not-applicable{--c:var(--dim)}\n"
	"dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;margin:0}\n"
	"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"th,td{text-align:left;padding:.3rem .75rem .3rem 0;vertical-align:top;"
	"border-bottom:1px solid var(--line);overflow-wrap:anywhere}\n"
	"th{color:var(--dim);font-weight:500}\n"
	"td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;width:6.5rem}\n"
	"nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:1.25rem 0 0}\n"
	"nav a{padding:.45rem .8rem;border:1px solid var(--line);border-top:3px solid var(--c);"
	"color:inherit;text-decoration:none}\n"
	"nav b{font-size:1.15rem;margin-right:.3rem}\n"
	"#filter{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.6rem 1rem;"
	"align-items:center;margin:1.5rem 0 0;padding:.6rem 0;background:var(--bg);"
	"border-bottom:1px solid var(--line)}\n"
	"[hidden]{display:none!important}\n"
	"input,select{font:inherit;color:inherit;background:var(--soft);"
	"border:1px solid var(--line);padding:.3rem .5rem}\n"
	"input[type=search]{flex:1 1 16rem}\n"
	"details{border-bottom:1px solid var(--line);scroll-margin-top:8rem}\n"
	"h2{scroll-margin-top:4rem}\n"
	"summary{padding:.35rem 0;cursor:pointer}\n"
	"summary:hover,details:target>summary{background:var(--soft)}\n"
	"summary .l{display:inline-block;width:7.5rem;color:var(--dim)}\n"
	"summary .m{color:var(--c);font-weight:600;display:inline-block;width:1.2rem}\n"
	"summary .t{color:var(--dim);margin-left:.6rem}\n"
	"details>dl{padding:.3rem 0 .8rem 1.3rem}\n"
	"#options .t{float:right}\n"
	"@media(max-width:40rem){dl{grid-template-columns:1fr}dt{margin-top:.4rem}"
	"#options .t{float:none}}\n"
	"@media print{#filter{display:none}}\n";

const char html_script[] =
	"'use strict';\n"
	"const form = document.getElementById('filter'), rows = [...document.querySelectorAll("
	"'details')];\n"
	"const text = rows.map(r => r.textContent.toLowerCase());\n"
	"function apply() {\n"
	"  const words = form.q.value.toLowerCase().split(/\\s+/).filter(Boolean);\n"
	"  let rules = 0, options = 0;\n"
	"  rows.forEach((r, i) => {\n"
	"    const d = r.dataset, show = words.every(w => text[i].includes(w)) && (d.v ?\n"
	"      (!form.v.value || d.v === form.v.value) && (!form.l.value || d.l === form.l.value) &&\n"
	"      (!form.p.value || d.p === form.p.value) :\n"
	"      (!form.o.value || d.o === form.o.value));\n"
	"    r.hidden = !show;\n"
	"    if (show) d.v ? rules++ : options++;\n"
	"  });\n"
	"  document.querySelectorAll('section.g').forEach(s =>\n"
	"    s.hidden = !s.querySelector('details:not([hidden])'));\n"
	"  form.n.value = rules + ' rules, ' + options + ' options';\n"
	"}\n"
	"function follow() {\n"
	"  const r = document.getElementById(decodeURIComponent(location.hash.slice(1)));\n"
	"  if (!r) return;\n"
	"  if (r.hidden || r.closest('[hidden]')) { form.reset(); apply(); }\n"
	"  if (r.tagName === 'DETAILS') r.open = true;\n"
	"  r.scrollIntoView();\n"
	"}\n"
	"form.hidden = false;\n"
	"form.addEventListener('input', apply);\n"
	"form.addEventListener('submit', e => e.preventDefault());\n"
	"form.addEventListener('reset', () => setTimeout(apply));\n"
	"addEventListener('hashchange', follow);\n"
	"apply();\n"
	"if (location.hash) follow();\n";

void html_text(FILE *out, const char *text)
{
	char *shown = visible(text);

	for (const char *c = shown; *c; c++) {
		if (strchr("&<>\"'", *c))
			fprintf(out, "&#%d;", *c);
		else
			fputc(*c, out);
	}
	free(shown);
}

void html_put(FILE *out, const char *open, const char *text, const char *close)
{
	fputs(open, out);
	html_text(out, text);
	fputs(close, out);
}

void html_own(FILE *out, const char *open, char *text, const char *close)
{
	html_put(out, open, text, close);
	free(text);
}

void html_policy(FILE *out)
{
	unsigned char hash[HASH_SIZE], text[2 * HASH_SIZE];

	sha256(html_script, strlen(html_script), hash);
	EVP_EncodeBlock(text, hash, HASH_SIZE);
	fprintf(out,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
		"form-action 'none'\">\n",
		(const char *)text);
}
