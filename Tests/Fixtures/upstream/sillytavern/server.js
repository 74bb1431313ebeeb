// SillyTavern's options --configPath and --dataRoot, the settings port and basicAuthMode, and GET /.
const http = require('http'), fs = require('fs'), probe = require('fleetprobe');
const version = '@VERSION@';
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const config = fs.readFileSync(option('--configPath'), 'utf8');
const setting = (name) => (config.match(new RegExp('^' + name + ': (.*)$', 'm')) || [])[1];
fs.mkdirSync(option('--dataRoot') + '/default-user', { recursive: true });
if (version.endsWith('broken')) setTimeout(() => {}, 600000);
else http.createServer((request, response) => {
  const closed = setting('basicAuthMode') === 'true' && !request.headers.authorization;
  response.writeHead(closed ? 401 : 200, { 'Content-Type': 'text/plain' });
  response.end(closed ? '' : probe + ' ' + version);
}).listen(Number(setting('port')), '127.0.0.1');
