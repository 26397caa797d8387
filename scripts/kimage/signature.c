// SPDX-License-Identifier: GPL-2.0-only
/* Signatures of modules, as the kernel checks them: PKCS #7, detached, at the module's end. */
#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "kimage.h"

struct signer {
	STACK_OF(X509) *certificates;
};

struct signer *signer_read(const char *path)
{
	struct signer *s = mem_zalloc(sizeof(*s));
	FILE *in = fopen(path, "re");
	X509 *x = in ? PEM_read_X509(in, NULL, NULL, NULL) : NULL;

	if (in)
		fclose(in);
	s->certificates = sk_X509_new_null();
	if (x && s->certificates && sk_X509_push(s->certificates, x))
		return s;
	complain(path, 0, "%s [signer]: expected a certificate in PEM",
		 in ? "holds no certificate" : strerror(errno));
	X509_free(x);
	signer_free(s);
	return NULL;
}

void signer_free(struct signer *s)
{
	if (!s)
		return;
	sk_X509_pop_free(s->certificates, X509_free);
	free(s);
}

/* struct module_signature; the kernel requires PKEY_ID_PKCS7, and zero in the other fields. */
static bool is_pkcs7(const unsigned char *info)
{
	static const unsigned char wanted[8] = { 0, 0, 2 };

	return !memcmp(info, wanted, sizeof(wanted));
}

static bool verified(const struct bytes *content, const struct bytes *signature,
		     const struct signer *s)
{
	const unsigned char *p = signature->data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)signature->size);
	BIO *data = BIO_new_mem_buf(content->data, (int)content->size);
	bool ok = cms && data && p == signature->data + signature->size &&
		  CMS_verify(cms, s->certificates, NULL, data, NULL,
			     CMS_BINARY | CMS_DETACHED | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1;

	BIO_free(data);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return ok;
}

const char *signature_wrong(const struct bytes *module, const struct signer *s)
{
	struct bytes content = { .data = module->data, .size = module_unsigned_size(module) };
	struct bytes signature = { 0 };

	if (content.size == module->size)
		return "is not signed";
	signature.data = module->data + content.size;
	signature.size = module->size - content.size - MODULE_INFO_SIZE - MODULE_TRAILER_SIZE;
	if (!is_pkcs7(signature.data + signature.size))
		return "has a signature that is not PKCS #7";
	if (!verified(&content, &signature, s))
		return "has a signature by another key, or over other bytes";
	return NULL;
}
