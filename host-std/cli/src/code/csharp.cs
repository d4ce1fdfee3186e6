// Runs the function {{NAME}} of Tencent Cloud SCF: .NET or Mono, nothing else.
using System;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

static class Program
{
    const string Url = {{URL}};
    const string Host = {{HOST}};
    const string Region = {{REGION}};
    const string Body = {{BODY}};

    static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();

    static string Digest(string text)
    {
        using (var sha = SHA256.Create()) return Hex(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    static byte[] Mac(byte[] key, string text)
    {
        using (var hmac = new HMACSHA256(key)) return hmac.ComputeHash(Encoding.UTF8.GetBytes(text));
    }

    static void Main() => Call().GetAwaiter().GetResult();

    static async Task Call()
    {
        var secretId = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_ID");
        var secretKey = Environment.GetEnvironmentVariable("TENCENTCLOUD_SECRET_KEY");
        var token = Environment.GetEnvironmentVariable("TENCENTCLOUD_TOKEN");
        var now = DateTimeOffset.UtcNow;
        var day = now.ToString("yyyy-MM-dd");
        var scope = day + "/scf/tc3_request";
        var request = $"POST\n/\n\ncontent-type:application/json\nhost:{Host}\n\ncontent-type;host\n{Digest(Body)}";
        var text = $"TC3-HMAC-SHA256\n{now.ToUnixTimeSeconds()}\n{scope}\n{Digest(request)}";
        var key = Encoding.UTF8.GetBytes("TC3" + secretKey);
        foreach (var part in new[] { day, "scf", "tc3_request" }) key = Mac(key, part);
        var signature = Hex(Mac(key, text));

        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var message = new HttpRequestMessage(HttpMethod.Post, Url) { Content = content };
        message.Headers.Host = Host;
        message.Headers.Add("X-TC-Action", "{{ACTION}}");
        message.Headers.Add("X-TC-Version", "2018-04-16");
        message.Headers.Add("X-TC-Region", Region);
        message.Headers.Add("X-TC-Timestamp", now.ToUnixTimeSeconds().ToString());
        message.Headers.TryAddWithoutValidation(
            "Authorization",
            $"TC3-HMAC-SHA256 Credential={secretId}/{scope}, SignedHeaders=content-type;host, Signature={signature}");
        if (!string.IsNullOrEmpty(token)) message.Headers.Add("X-TC-Token", token);

        // A synchronous call may take 300 seconds.
        using (var client = new HttpClient { Timeout = TimeSpan.FromSeconds(310) })
        using (var answer = await client.SendAsync(message))
        {
            Console.WriteLine(await answer.Content.ReadAsStringAsync());
        }
    }
}
