/* SPDX-License-Identifier: MIT */
/*
 * Addresses, read once and strictly. What is not plainly a base URL is refused instead
 * of being repaired as browsers do: a repair here and another one in libcurl are how a
 * token ends at a host that nobody named. So the text is checked byte by byte, the host
 * is kept in one normal form, and every later question (loopback? same origin?) is a
 * comparison of whole fields.
 */
#include "net/url.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "core/i18n.h"
#include "core/mem.h"
#include "core/text.h"

static const struct scheme {
	const char *name;
	int port;
} schemes[] = {{"https", 443}, {"http", 80}};

static const char digits[] = "0123456789";
static const char alnum[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool all_of(const char *s, size_t len, const char *set, const char *more)
{
	for (; len; s++, len--)
		if (!*s || (!strchr(set, *s) && !strchr(more, *s)))
			return false;
	return true;
}

static void lower(char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
}

/* Nothing that two parsers could read in two ways. */
static bool check_bytes(const char *text, struct err *err)
{
	const unsigned char *s = (const unsigned char *)text;

	for (; *s; s++) {
		if (*s <= ' ' || *s == 0x7f)
			return err_set(err, ERR_INPUT, 0,
				       _("endpoint: a blank or control character in the URL"));
		if (*s > 0x7f)
			return err_set(err, ERR_INPUT, 0,
				       _("endpoint: write the host in ASCII (xn--...)"));
		if (strchr("\\\"<>^`{|}", *s))
			return err_set(err, ERR_INPUT, 0, _("endpoint: '%c' in the URL"), *s);
		if (*s == '?' || *s == '#')
			return err_set(err, ERR_INPUT, 0,
				       _("endpoint: take the '%c' and what follows out of the URL"),
				       *s);
	}
	return true;
}

static const char *take_scheme(const char *text, struct url *url)
{
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i].name);

		if (strncasecmp(text, schemes[i].name, n) == 0 &&
		    strncmp(text + n, "://", 3) == 0) {
			memcpy(url->scheme, schemes[i].name, n + 1);
			url->port = schemes[i].port;
			return text + n + 3;
		}
	}
	return NULL;
}

/* "[...]" at s: sets the host in its one normal form and returns what follows. */
static const char *take_ipv6(const char *s, const char *end, struct url *url)
{
	const char *close = memchr(s, ']', (size_t)(end - s));
	struct in6_addr addr;
	char text[INET6_ADDRSTRLEN];
	size_t len = close ? (size_t)(close - s - 1) : 0;

	if (!len || len >= sizeof(text))
		return NULL;
	memcpy(text, s + 1, len);
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, &addr) != 1)
		return NULL;
	inet_ntop(AF_INET6, &addr, url->host, sizeof(url->host));
	return close + 1;
}

static const char *take_name(const char *s, const char *end, struct url *url)
{
	const char *colon = memchr(s, ':', (size_t)(end - s));
	size_t len = (size_t)((colon ? colon : end) - s);

	if (!len || len >= sizeof(url->host) || !all_of(s, len, alnum, "-._") || s[0] == '.' ||
	    s[len - 1] == '.' || memmem(s, len, "..", 2))
		return NULL;
	memcpy(url->host, s, len);
	url->host[len] = '\0';
	lower(url->host);
	return s + len;
}

/* ":port" or nothing between s and end. */
static bool take_port(const char *s, const char *end, struct url *url, struct err *err)
{
	size_t len = (size_t)(end - s), i;
	int port = 0;

	if (!len)
		return true;
	if (*s == ':' && len >= 2 && len <= 6 && all_of(s + 1, len - 1, digits, "")) {
		for (i = 1; i < len; i++)
			port = port * 10 + (s[i] - '0');
		if (port >= 1 && port <= 65535) {
			url->port = port;
			return true;
		}
	}
	return err_set(err, ERR_INPUT, 0, _("endpoint: the port is a number from 1 to 65535"));
}

static bool good_segment(const char *s, size_t len)
{
	size_t i;

	if (!len || (len == 1 && s[0] == '.') || (len == 2 && s[0] == '.' && s[1] == '.') ||
	    !all_of(s, len, alnum, "-._~!$&'()*+,;=:@%"))
		return false;
	for (i = 0; i < len; i++)
		if (s[i] == '%' &&
		    (len - i < 3 || !all_of(s + i + 1, 2, digits, "abcdefABCDEF")))
			return false;
	return true;
}

static bool take_path(const char *s, struct url *url, struct err *err)
{
	size_t len = strlen(s), n;
	const char *end;

	while (len && s[len - 1] == '/')
		len--;
	end = s + len;
	if (len >= sizeof(url->path))
		return err_set(err, ERR_INPUT, 0, _("endpoint: the path is too long"));
	memcpy(url->path, s, len);
	url->path[len] = '\0';
	for (; s < end; s += n + 1) {
		const char *slash = memchr(s + 1, '/', (size_t)(end - s - 1));

		n = (size_t)((slash ? slash : end) - s - 1);
		if (!good_segment(s + 1, n))
			return err_set(err, ERR_INPUT, 0,
				       _("endpoint: '%.*s' cannot be a part of the path"),
				       (int)n, s + 1);
	}
	return true;
}

bool url_parse(const char *text, struct url *out, struct err *err)
{
	struct url url = {{0}};
	const char *host, *s, *end;

	if (text_empty(text))
		return err_set(err, ERR_INPUT, 0, _("endpoint: give its URL, https://HOST"));
	if (!check_bytes(text, err))
		return false;
	host = take_scheme(text, &url);
	if (!host)
		return err_set(err, ERR_INPUT, 0, _("endpoint: the URL must start with https://"));
	end = host + strcspn(host, "/");
	if (memchr(host, '@', (size_t)(end - host)))
		return err_set(err, ERR_INPUT, 0,
			       _("endpoint: no user or password in the URL; use a token file"));
	s = *host == '[' ? take_ipv6(host, end, &url) : take_name(host, end, &url);
	if (!s)
		return err_set(err, ERR_INPUT, 0, _("endpoint: '%.*s' is not a host name"),
			       (int)(end - host), host);
	if (!take_port(s, end, &url, err) || !take_path(end, &url, err))
		return false;
	if (strcmp(url.scheme, "http") == 0 && !url_loopback(&url))
		return err_set(err, ERR_INPUT, 0,
			       _("endpoint: plain http is for this machine only; "
				 "write https://%.100s"),
			       url.host);
	*out = url;
	return true;
}

bool url_loopback(const struct url *url)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, url->host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return strcmp(url->host, "::1") == 0 || strcmp(url->host, "localhost") == 0;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return a->port == b->port && a->host[0] && strcmp(a->scheme, b->scheme) == 0 &&
	       strcasecmp(a->host, b->host) == 0;
}

bool url_is_within(const char *whole_url, const struct url *origin)
{
	const char *host = strstr(whole_url, "://");
	struct url target;
	char *text;
	bool ok;

	if (!host)
		return false;
	text = mem_strndup(whole_url, (size_t)(host + 3 - whole_url) + strcspn(host + 3, "/?#"));
	ok = url_parse(text, &target, NULL) && url_same_origin(&target, origin);
	mem_free(text);
	return ok;
}

void url_base(const struct url *url, struct buf *out)
{
	bool v6 = strchr(url->host, ':') != NULL;

	buf_addf(out, "%s://%s%s%s:%d%s", url->scheme, v6 ? "[" : "", url->host, v6 ? "]" : "",
		 url->port, url->path);
}

void url_encode(const char *s, struct buf *out)
{
	for (; *s; s++) {
		if (strchr(alnum, *s) || strchr("-_.~", *s))
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", (unsigned)(unsigned char)*s);
	}
}
