def main_handler(event, context):
    return "x" * int(event.get("bytes", 1024))
