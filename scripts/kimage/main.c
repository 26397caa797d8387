// SPDX-License-Identifier: GPL-2.0-only
#include "kimage.h"

static const struct subcommand commands[] = {
	{ "pack", cmd_pack, "write a kernel image as an OCI layout" },
	{ "join", cmd_join, "put images of several architectures under one name" },
	{ "verify", cmd_verify, "check a layout against the image contract" },
	{ "extract", cmd_extract, "take files out of an image, as an assembler does" },
	{ "export", cmd_export, "write a kernel in the shape that another program takes" },
	{ "wrap", cmd_wrap, "write a directory as an image of one layer" },
	{ "show", cmd_show, "show what an image holds" },
	{ "diff", cmd_diff, "show how two images differ" },
	{ "name", cmd_name, "give an image the names that a registry did not keep" },
	{ "provenance", cmd_provenance, "print what an image was made from" },
	{ "signature", cmd_signature, "store and load an image's signature as cosign does" },
	{ 0 },
};

int main(int argc, char **argv)
{
	return subcommand_run(argc, argv, commands);
}
