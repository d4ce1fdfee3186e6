const express = require("express");

const app = express();
app.use(express.text({ type: "*/*" }));
app.all("/hello/:name", (request, response) => {
  const body = typeof request.body === "string" ? request.body : "";
  response.json({ hello: request.params.name, body, function: request.get("X-Scf-Name") });
});
app.listen(process.env.PORT || 9000, "127.0.0.1");
