// Runs the function {{NAME}} of Tencent Cloud SCF: Go, nothing else.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"
)

const (
	url    = {{URL}}
	host   = {{HOST}}
	region = {{REGION}}
)

var parameters = map[string]string{
{{PARAMETERS}}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}

func fail(message any) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

func main() {
	body, _ := json.Marshal(parameters)
	now := time.Now().UTC()
	seconds, day := strconv.FormatInt(now.Unix(), 10), now.Format("2006-01-02")
	scope := day + "/scf/tc3_request"
	canonical := "POST\n/\n\ncontent-type:application/json\nhost:" + host + "\n\ncontent-type;host\n" + digest(body)
	text := "TC3-HMAC-SHA256\n" + seconds + "\n" + scope + "\n" + digest([]byte(canonical))
	key := []byte("TC3" + os.Getenv("TENCENTCLOUD_SECRET_KEY"))
	for _, part := range []string{day, "scf", "tc3_request"} {
		key = mac(key, part)
	}

	request, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		fail(err)
	}
	request.Host = host
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-TC-Action", "{{ACTION}}")
	request.Header.Set("X-TC-Version", "2018-04-16")
	request.Header.Set("X-TC-Region", region)
	request.Header.Set("X-TC-Timestamp", seconds)
	request.Header.Set("Authorization", fmt.Sprintf(
		"TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=content-type;host, Signature=%x",
		os.Getenv("TENCENTCLOUD_SECRET_ID"), scope, mac(key, text)))
	if token := os.Getenv("TENCENTCLOUD_TOKEN"); token != "" {
		request.Header.Set("X-TC-Token", token)
	}

	// A synchronous call may take 300 seconds.
	client := http.Client{Timeout: 310 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		fail(err)
	}
	defer answer.Body.Close()
	var response struct {
		Response struct {
			Error *struct{ Code, Message string }
			Result struct {
				RetMsg, ErrMsg, FunctionRequestId string
				InvokeResult                      int
			}
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&response); err != nil {
		fail(err)
	}
	if refused := response.Response.Error; refused != nil {
		fail(refused.Code + ": " + refused.Message)
	}
	result := response.Response.Result
	if (result.InvokeResult != 0 && result.InvokeResult != 200) || result.ErrMsg != "" {
		fail("the function failed: " + result.RetMsg)
	}
	if result.RetMsg == "" {
		result.RetMsg = result.FunctionRequestId
	}
	fmt.Println(result.RetMsg)
}
