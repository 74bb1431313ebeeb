module.exports = 'fleetprobe';
