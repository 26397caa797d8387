#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The real image is the same from another directory, at another time.
. tests/lib.sh
# shellcheck disable=SC2086 # words are meant to split
check 'the image is reproduced, byte for byte, without ccache' ${MK:?} reproduce
finish
