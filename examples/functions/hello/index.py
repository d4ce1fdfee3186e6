def main_handler(event, context):
    name = event.get("name", "SCF")
    print("greeting", name)
    return "hello " + name
