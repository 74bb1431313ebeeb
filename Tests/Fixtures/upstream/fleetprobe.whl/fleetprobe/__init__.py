NAME = "fleetprobe"
