// Runs the function {{NAME}} of Tencent Cloud SCF: .NET 8, nothing else.
using System.Security.Cryptography;
using System.Text;

const string url = {{URL}};
const string host = {{HOST}};
const string region = {{REGION}};
const string body = {{BODY}};

static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

var secretId = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_ID");
var secretKey = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY");
var token = Environment.GetEnvironmentVariable("TENCENTCLOUD_TOKEN");
var now = DateTimeOffset.UtcNow;
var day = now.ToString("yyyy-MM-dd");
var scope = $"{day}/scf/tc3_request";
var request = $"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n{Digest(body)}";
var text = $"TC3-HMAC-SHA256\n{now.ToUnixTimeSeconds()}\n{scope}\n{Digest(request)}";
var key = Encoding.UTF8.GetBytes("TC3" + secretKey);
foreach (var part in new[] { day, "scf", "tc3_request" }) key = Mac(key, part);
var signature = Convert.ToHexString(Mac(key, text)).ToLowerInvariant();

var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
message.Headers.Host = host;
message.Headers.Add("X-TC-Action", "{{ACTION}}");
message.Headers.Add("X-TC-Version", "2018-04-16");
message.Headers.Add("X-TC-Region", region);
message.Headers.Add("X-TC-Timestamp", now.ToUnixTimeSeconds().ToString());
message.Headers.TryAddWithoutValidation(
    "Authorization",
    $"TC3-HMAC-SHA256 Credential={secretId}/{scope}, SignedHeaders=content-type;host, Signature={signature}");
if (!string.IsNullOrEmpty(token)) message.Headers.Add("X-TC-Token", token);

// A synchronous call may take 300 seconds.
using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(310) };
using var answer = await client.SendAsync(message);
Console.WriteLine(await answer.Content.ReadAsStringAsync());
