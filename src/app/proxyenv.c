/* SPDX-License-Identifier: MIT */
/* libcurl's rules: the small letters first, then the large ones, then all_proxy; never HTTP_PROXY. */
#include "proxyenv.h"

#include <stddef.h>
#include <string.h>

#include "core/text.h"

static const char *first(const char *const *names, proxyenv_get *get, const char **value)
{
	for (; *names; names++) {
		*value = get(*names);
		if (!text_empty(*value))
			return *names;
	}
	*value = NULL;
	return NULL;
}

struct proxyenv proxyenv_find(bool tls, const char *host, proxyenv_get *get)
{
	static const char *const secure[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};
	static const char *const plain[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
	static const char *const spared[] = {"no_proxy", "NO_PROXY", NULL};
	struct proxyenv p = {NULL, NULL, NULL};
	const char *list, *name;

	p.variable = first(tls ? secure : plain, get, &p.value);
	name = first(spared, get, &list);
	if (p.variable && name && proxyenv_spares(list, host))
		p.spared = name;
	return p;
}

bool proxyenv_spares(const char *list, const char *host)
{
	size_t host_len = strlen(host), len;

	for (; *list; list += len) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == 1 && *list == '*')
			return true;
		if (len && *list == '.') { /* ".example.com" is as "example.com" */
			list++;
			len--;
		}
		if (len && len <= host_len && strncasecmp(host + host_len - len, list, len) == 0 &&
		    (len == host_len || host[host_len - len - 1] == '.'))
			return true;
	}
	return false;
}

void proxyenv_mask(const char *value, struct buf *out)
{
	const char *scheme = strstr(value, "://"), *at, *colon;
	const char *start = scheme ? scheme + 3 : value;

	at = strrchr(start, '@');
	colon = at ? memchr(start, ':', (size_t)(at - start)) : NULL;
	if (!colon) {
		buf_adds(out, value);
		return;
	}
	buf_add(out, value, (size_t)(colon - value));
	buf_addf(out, ":***%s", at);
}
