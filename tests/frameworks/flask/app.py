import os

from flask import Flask, request

app = Flask(__name__)


@app.route("/hello/<name>", methods=["GET", "POST"])
def hello(name):
    return {"hello": name, "body": request.get_data(as_text=True), "function": request.headers["X-Scf-Name"]}


app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "9000")))
