// Runs the function {{NAME}} of Tencent Cloud SCF: Java 11, nothing else. java Invoke.java
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Invoke {
    static final String URL = {{URL}};
    static final String HOST = {{HOST}};
    static final String REGION = {{REGION}};
    static final String BODY = {{BODY}};

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String hex(byte[] bytes) {
        var text = new StringBuilder();
        for (byte each : bytes) text.append(String.format("%02x", each));
        return text.toString();
    }

    static String digest(String text) throws Exception {
        return hex(MessageDigest.getInstance("SHA-256").digest(utf8(text)));
    }

    static byte[] mac(byte[] key, String text) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(utf8(text));
    }

    public static void main(String[] arguments) throws Exception {
        // The host that is signed may be another than the URL's.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        var environment = System.getenv();
        var now = Instant.now();
        var day = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        var scope = day + "/scf/tc3_request";
        var request = "POST\n/\n\ncontent-type:application/json\nhost:" + HOST + "\n\ncontent-type;host\n" + digest(BODY);
        var text = "TC3-HMAC-SHA256\n" + now.getEpochSecond() + "\n" + scope + "\n" + digest(request);
        var key = utf8("TC3" + environment.get("TENCENTCLOUD_SECRET_KEY"));
        for (var part : new String[] {day, "scf", "tc3_request"}) key = mac(key, part);
        var sent = HttpRequest.newBuilder(URI.create(URL))
            .timeout(Duration.ofSeconds(310)) // A synchronous call may take 300 seconds.
            .header("Host", HOST)
            .header("Content-Type", "application/json")
            .header("X-TC-Action", "{{ACTION}}")
            .header("X-TC-Version", "2018-04-16")
            .header("X-TC-Region", REGION)
            .header("X-TC-Timestamp", String.valueOf(now.getEpochSecond()))
            .header("Authorization", "TC3-HMAC-SHA256 Credential=" + environment.get("TENCENTCLOUD_SECRET_ID")
                + "/" + scope + ", SignedHeaders=content-type;host, Signature=" + hex(mac(key, text)));
        var token = environment.get("TENCENTCLOUD_TOKEN");
        if (token != null && !token.isEmpty()) sent.header("X-TC-Token", token);
        var answer = HttpClient.newHttpClient().send(
            sent.POST(HttpRequest.BodyPublishers.ofString(BODY)).build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(answer.body());
    }
}
