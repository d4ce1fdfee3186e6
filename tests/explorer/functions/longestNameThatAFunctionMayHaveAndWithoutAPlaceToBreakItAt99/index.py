# Its name has to find room on each screen.
def main_handler(event, context):
    return event
