# Runs until the file of its event is there; at most as long as the function may.
import os, time


def main_handler(event, context):
    while not os.path.exists(event["file"]):
        time.sleep(0.01)
