// Texts of calls that failed.

export const failure = {
  "failure.happened": ["What happened", "发生了什么"],
  "failure.detail": ["The details", "详细信息"],
  "failure.ran": ["Did it run?", "函数运行了吗？"],
  "failure.todo": ["What to do", "怎么办"],
  "failure.code": ["Code", "错误码"],
  "ran.not sent": ["No.", "没有。"],
  "ran.refused": ["No.", "没有。"],
  "ran.unknown": ["Perhaps.", "也许。"],
  "ran.executed": ["Yes.", "运行了。"],
  "because.not sent": ["The request did not reach the service.", "请求没有到达服务。"],
  "because.refused": ["The request was turned down before anything ran.", "请求在运行之前被拒绝。"],
  "because.unknown": [
    "The request was sent, and no answer tells what became of it.",
    "请求已发出，但没有应答说明结果。",
  ],
  "because.executed": [
    "It ran, and what it had done until then is done.",
    "函数已运行，此前完成的操作均已生效。",
  ],
  "failure.cancelled": ["Cancelled", "已取消"],
  "happened.cancelled": [
    "You cancelled the call. That ends the waiting, not the function.",
    "您取消了调用。这只是不再等待，函数不会因此停止。",
  ],
  "todo.cancelled": [
    "Look at what the function does before you run it again: it may be running still.",
    "再次运行之前请确认函数的作用：它可能仍在运行。",
  ],
  "failure.timeout": ["No answer in time", "超时未应答"],
  "happened.gone": ["The connection to the command on this machine failed.", "与本机命令的连接失败。"],
  "happened.timeout": ["The time was over.", "时间已到。"],
  "todo.timeout": [
    "Give a longer timeout, or choose InvocationType Event for a function that takes long.",
    "加长超时，或对耗时的函数选择 InvocationType Event。",
  ],
  "failure.network": ["No connection", "无法连接"],
  "happened.network": ["The connection failed.", "连接失败。"],
  "todo.network": [
    "Check the network, the endpoint and any proxy; tscf doctor examines each part.",
    "请检查网络、接入点和代理；tscf doctor 会逐项检查。",
  ],
  "todo.emulator": [
    "See that the emulator still runs; where a fault was armed, this is how clients meet it.",
    "请确认模拟器仍在运行；若设置了故障，这正是客户端遇到它的样子。",
  ],
  "todo.certificate": [
    "The endpoint's certificate is not trusted: check the endpoint, and whether something on the way opens TLS.",
    "接入点的证书不受信任：请检查接入点，以及途中是否有设备解开 TLS。",
  ],
  "failure.relay": ["The relay did not pass it on", "relay 没有转发"],
  "happened.relay": ["The relay answered itself.", "relay 自行应答。"],
  "todo.relay": [
    "The message is the relay's own: who runs it can mend it.",
    "消息来自 relay 本身：请联系其管理者。",
  ],
  "failure.broken": ["The connection broke", "连接中断"],
  "happened.broken": ["The connection ended before the answer was complete.", "连接在应答完整之前结束。"],
  "todo.broken": ["Find out whether the function ran before you send again.", "再次发送之前请先确认函数是否已运行。"],
  "failure.protocol": ["Something else answered", "应答的不是 API"],
  "happened.protocol": ["The answer is not the API's.", "应答不是 API 的。"],
  "todo.protocol": [
    "Check the endpoint and any proxy: what is there is not the API, nor a relay to it.",
    "请检查接入点和代理：该处既不是 API，也不是其 relay。",
  ],
  "failure.request": ["The request cannot be made", "无法构造请求"],
  "happened.request": ["A value is wrong.", "有值不正确。"],
  "todo.request": ["Correct the value, then send again.", "请更正后重新发送。"],
  "todo.open": ["Then send again.", "然后重新发送。"],
  "failure.key": ["The service does not accept this key", "服务不接受此密钥"],
  "failure.api": ["The service refused the call", "服务拒绝了调用"],
  "failure.function": ["The function failed", "函数失败"],
  "failure.status": ["The function failed with status {0}", "函数失败，状态码 {0}"],
  "happened.function": ["It told no reason.", "没有说明原因。"],
  "todo.function": [
    "The result and the log have what the function left behind.",
    "结果和日志中有函数留下的信息。",
  ],
  "todo.407": [
    "Have the function answer less: a result has 6 MB at most. Put what is larger into storage.",
    "请减小返回值：结果最大 6 MB。更大的内容请存入对象存储。",
  ],
  "todo.410": ["Top up the account, then send again.", "请充值后重新发送。"],
  "todo.430": [
    "The code raised an exception: the stack trace and the log say where.",
    "代码抛出异常：堆栈和日志说明了位置。",
  ],
  "todo.432": [
    "Too many calls at once. Wait, or raise the function's concurrency.",
    "并发过多。请稍候，或提高函数并发。",
  ],
  "todo.433": [
    "The function reached its own time limit. Raise that limit, or have it do less.",
    "函数达到自身的超时时间。请加长，或减少工作量。",
  ],
  "todo.434": [
    "The function used up its memory. Raise its limit, or have it use less.",
    "函数内存不足。请提高内存，或减少使用。",
  ],
  "todo.437": [
    "The handler was not found: check its name in the function's settings.",
    "找不到入口函数：请检查函数配置中的名称。",
  ],
  "todo.439": [
    "The function's process exited. The log says how far it came.",
    "函数进程已退出。日志说明了进度。",
  ],
};
