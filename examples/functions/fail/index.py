def main_handler(event, context):
    raise ValueError(event.get("message", "this function always fails"))
