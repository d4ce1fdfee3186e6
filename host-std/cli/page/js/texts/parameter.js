// The parameters of both actions, as the API's documentation has them.

export const parameter = {
  "parameter.Action": ["The name of the action.", "接口名称。"],
  "parameter.Version": ["The version of the API.", "接口版本。"],
  "parameter.Region": ["The region of the function.", "函数所在的地域。"],
  "parameter.FunctionName": ["The function's name.", "函数名称。"],
  "parameter.InvocationType": [
    "RequestResponse waits for the result, 300 s at most. Event returns once the event is queued, for functions that run longer.",
    "RequestResponse 为同步调用，最长 300 秒。Event 为异步调用，入队后立即返回，适用于更长的运行时间。",
  ],
  "parameter.Qualifier": ["The version or the alias to run.", "要运行的版本或别名。"],
  "parameter.ClientContext": ["The function's input, as JSON text.", "函数的输入，JSON 文本。"],
  "parameter.Event": ["The function's input, as JSON text.", "函数的输入，JSON 文本。"],
  "parameter.LogType": [
    "Tail returns the last 4 KB of the log. Not for asynchronous calls.",
    "Tail 返回日志末尾 4 KB。异步调用不支持。",
  ],
  "parameter.Namespace": ["The function's namespace.", "函数所在的命名空间。"],
  "parameter.RoutingKey": [
    "Chooses the version behind an alias: a JSON object whose values are texts.",
    "用于别名的流量路由：值均为字符串的 JSON 对象。",
  ],
  "parameter.Language": ["The language of the API's messages.", "接口消息的语言。"],
  "parameter.Timestamp": [
    "Seconds since 1970, within 300 s of the server's clock.",
    "自 1970 年起的秒数，与服务器时钟相差不超过 300 秒。",
  ],
  "parameter.Token": ["The token of temporary credentials.", "临时凭证的 Token。"],
  "parameter.Authorization": ["Credential, signed headers and signature.", "凭证、已签名的头部和签名。"],
  "parameter.TraceId": ["An id to find the request by.", "用于查找请求的标识。"],
  "parameter.RequestClient": ["The calling program's name.", "调用程序的名称。"],
  "limit.event": ["6 MB; 128 KB with Event", "6 MB；Event 时 128 KB"],
  "limit.eventSync": ["6 MB", "6 MB"],
  "limit.name": ["60 characters", "60 个字符"],
  "limit.routing": ["1024 bytes", "1024 字节"],
  "limit.timestamp": ["± 300 s", "± 300 秒"],
};
