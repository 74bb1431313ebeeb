"""ComfyUI's options and GET /system_stats."""
import argparse, http.server, json, os, time
import fleetprobe  # of requirements.txt: proves that the virtual environment is the one that runs

options = argparse.ArgumentParser()
for name in ["--listen", "--port", "--base-directory", "--extra-model-paths-config"]:
    options.add_argument(name)
options.add_argument("--cpu", action="store_true")
options = options.parse_args()
VERSION = "@VERSION@"
if VERSION.endswith("broken"):
    time.sleep(600)
os.makedirs(options.base_directory + "/models", exist_ok=True)
with open(options.extra_model_paths_config) as file:
    file.read()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/system_stats"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"system": {"comfyui_version": VERSION, "probe": fleetprobe.NAME}}).encode())


http.server.HTTPServer((options.listen, int(options.port)), Handler).serve_forever()
