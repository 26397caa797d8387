/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The variables of the caller's environment that programs get; they get no other. env.sh, kconf
 * and the Makefile read this list.
 *
 * BUILD: for each program. The cache of the compiler's answers ends when one of them changes.
 */
BUILD(PATH)
BUILD(HOME)
BUILD(CCACHE_DIR)
BUILD(CCACHE_DISABLE)
BUILD(CCACHE_REMOTE_STORAGE)
/* HOST: for tools of the host, not for Kbuild and what Kconfig asks. */
HOST(TERM)
HOST(XDG_CONFIG_HOME)
HOST(http_proxy)
HOST(https_proxy)
HOST(ftp_proxy)
HOST(all_proxy)
HOST(no_proxy)
HOST(HTTP_PROXY)
HOST(HTTPS_PROXY)
HOST(FTP_PROXY)
HOST(ALL_PROXY)
HOST(NO_PROXY)
HOST(SSL_CERT_FILE)
HOST(SSL_CERT_DIR)
/* The driver of a token, for keys by PKCS #11. */
HOST(PKCS11_MODULE_PATH)
HOST(KERNEL_MIRROR)
HOST(KERNEL_DIR)
HOST(KERNEL_ORG)
HOST(DEBIAN_MIRROR)
HOST(DEBIAN_KEYRING)
HOST(OFFLINE)
HOST(SLURM_CONF)
HOST(SSH_AUTH_SOCK)
HOST(KVM)
/* Of the project's tests. */
HOST(SEED)
HOST(SETUP_OS_RELEASE)
