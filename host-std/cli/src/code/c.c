/* Runs the function {{NAME}} of Tencent Cloud SCF: libcurl and OpenSSL.
   cc invoke.c -lcurl -lcrypto */
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char URL[] = {{URL}};
static const char HOST[] = {{HOST}};
static const char REGION[] = {{REGION}};
static const char BODY[] = {{BODY}};

static void hex(const unsigned char *bytes, char out[65])
{
    for (int i = 0; i < 32; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void digest(const char *text, char out[65])
{
    unsigned char sum[32];
    EVP_Digest(text, strlen(text), sum, NULL, EVP_sha256(), NULL);
    hex(sum, out);
}

static void mac(const void *key, int length, const char *text, unsigned char out[32])
{
    HMAC(EVP_sha256(), key, length, (const unsigned char *)text, strlen(text), out, NULL);
}

static struct curl_slist *header(struct curl_slist *headers, const char *name, const char *value)
{
    char line[4096];
    snprintf(line, sizeof line, "%s: %s", name, value);
    return curl_slist_append(headers, line);
}

int main(void)
{
    const char *secret_id = getenv("TENCENTCLOUD_SECRET_ID");
    const char *secret_key = getenv("TENCENTCLOUD_SECRET_KEY");
    const char *token = getenv("TENCENTCLOUD_TOKEN");
    if (!secret_id || !secret_key) return fputs("the secret is missing\n", stderr), 1;

    char hash[65], day[11], seconds[24], request[1024], text[256], first[256], authorization[1024];
    time_t now = time(NULL);
    strftime(day, sizeof day, "%Y-%m-%d", gmtime(&now));
    snprintf(seconds, sizeof seconds, "%lld", (long long)now);
    digest(BODY, hash);
    snprintf(request, sizeof request,
             "POST\n/\n\ncontent-type:application/json\nhost:%s\n\ncontent-type;host\n%s", HOST, hash);
    digest(request, hash);
    snprintf(text, sizeof text, "TC3-HMAC-SHA256\n%s\n%s/scf/tc3_request\n%s", seconds, day, hash);

    unsigned char key[32], next[32];
    snprintf(first, sizeof first, "TC3%s", secret_key);
    mac(first, (int)strlen(first), day, key);
    mac(key, sizeof key, "scf", next);
    mac(next, sizeof next, "tc3_request", key);
    mac(key, sizeof key, text, next);
    hex(next, hash);
    snprintf(authorization, sizeof authorization,
             "TC3-HMAC-SHA256 Credential=%s/%s/scf/tc3_request, SignedHeaders=content-type;host, Signature=%s",
             secret_id, day, hash);

    struct curl_slist *headers = header(NULL, "Host", HOST);
    headers = header(headers, "Content-Type", "application/json");
    headers = header(headers, "X-TC-Action", "{{ACTION}}");
    headers = header(headers, "X-TC-Version", "2018-04-16");
    headers = header(headers, "X-TC-Region", REGION);
    headers = header(headers, "X-TC-Timestamp", seconds);
    headers = header(headers, "Authorization", authorization);
    if (token && *token) headers = header(headers, "X-TC-Token", token);

    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, URL);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, BODY);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 310L); /* A synchronous call may take 300 seconds. */
    CURLcode code = curl_easy_perform(curl);
    if (code) fprintf(stderr, "%s\n", curl_easy_strerror(code));
    puts("");
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return code != CURLE_OK;
}
